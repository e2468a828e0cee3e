import { describe, expect, test } from "vitest";
import type { EventId } from "../../../preload/contract/ids.ts";
import { roomQueries } from "../store/queries/rooms.ts";
import { aMessage, carol, openCache, room } from "./fixtures.ts";
import { TestTopic, type Follower } from "./topic-fixtures.ts";

// Carol looks. What stands where: texts of messages, and the line.

class Carol extends TestTopic {
  readonly #cache;
  constructor() {
    const cache = openCache();
    super({ cache });
    this.#cache = cache;
    cache
      .statements(
        "-- name: join\nINSERT OR IGNORE INTO rooms (room_id, membership) VALUES (@room, 'join');",
      )<{
        room: string;
      }>("join")
      .run({ room });
  }
  read(eventId: EventId): void {
    roomQueries(this.#cache).setFullyRead.run({ roomId: room, eventId });
    this.changed();
  }
}
const shown = (follower: Follower): string =>
  follower.items
    .flatMap((item) =>
      item.kind === "message" ? [item.body.text] : item.kind === "read-marker" ? ["|"] : [],
    )
    .join(" ");

describe("the “New” line", () => {
  const [a, b, c, d] = ["a", "b", "c", "d"].map((text) => aMessage(text)) as [
    ReturnType<typeof aMessage>,
    ReturnType<typeof aMessage>,
    ReturnType<typeof aMessage>,
    ReturnType<typeof aMessage>,
  ];

  test("stays while what is below it is being read, and is gone at the next visit", () => {
    const one = new Carol();
    one.sync([a, b]);
    one.read(a.eventId);
    const follower = one.open();
    one.topic.visit(room);
    one.read(b.eventId);
    expect(shown(follower)).toBe("a | b");
    one.sync([c]);
    one.read(c.eventId);
    expect(shown(follower)).toBe("a | b c");
    one.topic.visit(room);
    expect(shown(follower)).toBe("a b c");
  });

  test("does not appear above what arrives under the reader's eyes", () => {
    const one = new Carol();
    one.sync([a]);
    one.read(a.eventId);
    const follower = one.open();
    one.topic.visit(room);
    one.sync([b]);
    expect(shown(follower)).toBe("a b");
    // The window was left before b was read: coming back is a visit.
    one.topic.visit(room);
    expect(shown(follower)).toBe("a | b");
  });

  test("appears above what was sent while we had no connection", () => {
    const one = new Carol();
    one.sync([a]);
    one.read(a.eventId);
    one.isLive = false;
    const follower = one.open();
    one.topic.visit(room);
    one.sync([b, c]);
    one.isLive = true;
    one.read(c.eventId);
    expect(shown(follower)).toBe("a | b c");
    one.topic.visit(room);
    one.isLive = false;
    one.sync([d]);
    one.isLive = true;
    one.read(d.eventId);
    expect(shown(follower)).toBe("a b c | d");
  });

  test("stands ready in a room that waits in the background", () => {
    const one = new Carol();
    one.sync([a]);
    one.read(a.eventId);
    const follower = one.open();
    one.topic.visit(room);
    one.topic.visit("!another:example.org" as typeof room);
    one.sync([b]);
    expect(shown(follower)).toBe("a | b");
    one.topic.visit(room);
    one.read(b.eventId);
    expect(shown(follower)).toBe("a | b");
    one.topic.visit("!another:example.org" as typeof room);
    expect(shown(follower)).toBe("a b");
  });

  describe("for somebody whose other clients send receipts and no m.fully_read", () => {
    const receipt = (one: Carol, eventId: EventId): void => {
      one.timeline.writer.applyReceipts(room, { [eventId]: { "m.read": { [carol]: { ts: 1 } } } });
      one.changed();
    };

    test("stands after their own receipt", () => {
      const one = new Carol();
      one.sync([a, b]);
      receipt(one, a.eventId);
      expect(shown(one.open())).toBe("a | b");
    });

    test("follows the receipt past a marker that was left behind, also one that is no longer here", () => {
      const one = new Carol();
      one.sync([a, b, c]);
      one.read(a.eventId);
      receipt(one, b.eventId);
      expect(shown(one.open())).toBe("a b | c");
      one.read("$long-ago" as EventId);
      expect(shown(one.open())).toBe("a b | c");
    });

    test("stays with the marker where the receipt is behind it, or of an event nobody knows", () => {
      const one = new Carol();
      one.sync([a, b, c]);
      one.read(b.eventId);
      receipt(one, a.eventId);
      expect(shown(one.open())).toBe("a b | c");
      receipt(one, "$unknown" as EventId);
      expect(shown(one.open())).toBe("a b | c");
    });
  });

  test("is not drawn by what one writes oneself", () => {
    const one = new Carol();
    one.sync([a]);
    one.read(a.eventId);
    const follower = one.open();
    one.topic.visit(room);
    one.sync([aMessage("mine", { sender: carol })]);
    expect(shown(follower)).toBe("a mine");
  });
});
