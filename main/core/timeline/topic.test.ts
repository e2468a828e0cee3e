import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TransactionId } from "../../../preload/contract/ids.ts";
import { changesOf } from "../changes.ts";
import { parseEvent, type MatrixEvent } from "../event.ts";
import { FailureError } from "../failure.ts";
import { alice, aMember, aMessage, anEvent, aRedaction, bob, carol, openCache, room } from "./fixtures.ts";
import { TestTopic } from "./topic-fixtures.ts";

const numbered = (n: number, from = 0): MatrixEvent[] =>
  Array.from({ length: n }, (_, i) => aMessage(String(from + i)));
const texts = (n: number, from = 0): string[] => Array.from({ length: n }, (_, i) => String(from + i));
const rejected = (errcode: string, status = 400) =>
  ({ kind: "rejected", message: errcode, errcode, status }) as const;
const offline = { kind: "offline", message: "no network" } as const;

describe("opening a room", () => {
  test("shows its newest sixty events from disk and asks nobody", async () => {
    const one = new TestTopic();
    one.sync(numbered(200));
    const follower = one.open();
    expect(follower.texts).toEqual(texts(60, 140));
    expect(follower.older).toBe("idle");
    await Promise.resolve();
    expect(one.server.requests).toEqual([]);
  });

  test("shows the start of a short room", () => {
    const one = new TestTopic();
    one.sync(numbered(3));
    const follower = one.open();
    expect(follower.kinds).toEqual(["start", "date", "message", "message", "message"]);
    expect(follower.older).toBe("exhausted");
  });

  test("fills a nearly blank page once, from disk and then from the server", async () => {
    const one = new TestTopic();
    one.syncEnd(numbered(500), 2);
    const follower = one.open();
    expect(follower.texts).toEqual(["498", "499"]);
    await expect.poll(() => follower.texts.length).toBe(102);
    expect(follower.texts).toEqual(texts(102, 398));
    expect(one.server.requests).toHaveLength(1);
    expect(one.server.requests[0]).toMatchObject({ from: "498", limit: 100 });
    expect(JSON.parse(one.server.requests[0]?.filter ?? "")).toEqual({ lazy_load_members: true });
  });

  test("looks past what is not shown before it calls a page blank", () => {
    const one = new TestTopic();
    one.sync([
      ...numbered(40),
      ...Array.from({ length: 300 }, () => anEvent({ type: "m.reaction", content: {} })),
    ]);
    expect(one.open().texts).toHaveLength(40);
    expect(one.server.requests).toEqual([]);
  });

  test("that nobody has synced yet shows nothing and invents no start", async () => {
    const one = new TestTopic();
    const follower = one.open();
    await one.topic.paginate(room);
    expect(follower.items).toEqual([]);
    expect(follower.older).toBe("idle");
    one.sync(numbered(2));
    expect(follower.texts).toEqual(["0", "1"]);
  });
});

describe("paging", () => {
  test("reaches the start, every event once and in order, first from disk and then from the server", async () => {
    const one = new TestTopic();
    one.syncEnd(numbered(1000), 150);
    const follower = one.open();
    while (follower.older !== "exhausted") await one.topic.paginate(room);
    expect(follower.texts).toEqual(texts(1000));
    expect(follower.kinds[0]).toBe("start");
    expect(one.server.requests.map((request) => request.from)).toEqual([
      "850",
      "750",
      "650",
      "550",
      "450",
      "350",
      "250",
      "150",
      "50",
    ]);
    await one.topic.paginate(room);
    expect(one.server.requests).toHaveLength(9);
  });

  test("asked for three times at once asks the server once", async () => {
    const one = new TestTopic();
    one.syncEnd(numbered(500), 40);
    one.open();
    await Promise.all([1, 2, 3].map(() => one.topic.paginate(room)));
    expect(one.server.requests).toHaveLength(1);
  });

  test("goes on after an empty page with a token, and ends at one without", async () => {
    const one = new TestTopic();
    one.syncEnd(numbered(60), 40);
    const follower = one.open();
    const page = one.server.page.bind(one.server);
    let asked = 0;
    one.server.page = (request) => {
      asked += 1;
      const answer = page(request);
      return asked < 4 && answer.ok
        ? { ...answer, value: { chunk: [], state: [], end: `20${" ".repeat(asked)}` } }
        : answer;
    };
    await one.topic.paginate(room);
    expect(follower.texts).toEqual(texts(60));
    expect(follower.older).toBe("exhausted");
    expect(asked).toBe(4);
  });

  test("lets the user decide after twenty pages without anything to show", async () => {
    const one = new TestTopic();
    one.syncEnd(numbered(60), 40);
    const follower = one.open();
    let asked = 0;
    one.server.page = () => ({ ok: true, value: { chunk: [], state: [], end: `token ${(asked += 1)}` } });
    await one.topic.paginate(room);
    expect(asked).toBe(20);
    expect(follower.older).toBe("idle");
  });

  test("says that it is loading while it is", async () => {
    const one = new TestTopic();
    one.syncEnd(numbered(500), 40);
    const follower = one.open();
    const answer = Promise.withResolvers<void>();
    one.server.hold = answer.promise;
    const done = one.topic.paginate(room);
    expect(follower.older).toBe("loading");
    answer.resolve();
    await done;
    expect(follower.older).toBe("idle");
  });

  test("survives bad events among good ones", async () => {
    const one = new TestTopic();
    one.syncEnd(numbered(60), 40);
    const follower = one.open();
    const page = one.server.page.bind(one.server);
    one.server.page = (request) => {
      const answer = page(request);
      if (!answer.ok) return answer;
      const chunk = answer.value.chunk.flatMap((event) => [
        null,
        event,
        { type: 5 },
        "x",
        { event_id: "$bad" },
      ]);
      return { ...answer, value: { ...answer.value, chunk } };
    };
    await one.topic.paginate(room);
    expect(follower.texts).toEqual(texts(60));
  });

  test("empties what a page redacts, on disk too", async () => {
    const one = new TestTopic();
    const [target, ...others] = numbered(60);
    one.syncEnd(
      [target as MatrixEvent, ...others, aRedaction((target as MatrixEvent).eventId), ...numbered(40, 60)],
      40,
    );
    const follower = one.open();
    await one.topic.paginate(room);
    expect(follower.kinds.slice(0, 3)).toEqual(["start", "date", "redacted"]);
  });
});

describe("a page that fails", () => {
  test("says why, tries nothing by itself, and is there when asked again", async () => {
    const one = new TestTopic();
    one.syncEnd(numbered(200), 40);
    one.server.failures.push(offline);
    const follower = one.open();
    await one.topic.paginate(room);
    expect(follower.older).toEqual({ failed: offline });
    expect(one.server.requests).toHaveLength(1);
    await one.topic.paginate(room);
    expect(follower.older).toBe("idle");
    expect(follower.texts).toEqual(texts(140, 60));
  });

  test("because its token is not accepted any more keeps the token for another try", async () => {
    const one = new TestTopic();
    one.syncEnd(numbered(200), 40);
    one.server.failures.push(rejected("M_UNKNOWN"));
    const follower = one.open();
    await one.topic.paginate(room);
    expect(follower.older).toMatchObject({ failed: { errcode: "M_UNKNOWN" } });
    await one.topic.paginate(room);
    expect(one.server.requests.map((request) => request.from)).toEqual(["160", "160"]);
  });

  test("because we are not let in stops until our membership changes", async () => {
    const one = new TestTopic();
    one.syncEnd(numbered(200), 40);
    one.server.failures.push(rejected("M_FORBIDDEN", 403));
    const follower = one.open();
    for (let i = 0; i < 5; i++) await one.topic.paginate(room);
    expect(one.server.requests).toHaveLength(1);
    expect(follower.older).toMatchObject({ failed: { errcode: "M_FORBIDDEN" } });
    one.timeline.cache
      .statements("-- name: join\nINSERT INTO rooms (room_id, membership) VALUES (@roomId, 'join');")<{
        roomId: string;
      }>("join")
      .run({ roomId: room });
    one.topic.changed(changesOf({ rooms: new Set([room]) }));
    expect(follower.older).toBe("idle");
    await one.topic.paginate(room);
    expect(follower.texts).toHaveLength(140);
  });

  test("because the session is over is reported to whoever owns the session", async () => {
    const one = new TestTopic();
    one.syncEnd(numbered(200), 40);
    const failure = { kind: "unauthorized", message: "gone", soft: false } as const;
    one.server.failures.push(failure);
    one.open();
    await one.topic.paginate(room);
    expect(one.unauthorized).toEqual([failure]);
  });

  test("because the disk refuses says so and keeps nothing of the page", async () => {
    const one = new TestTopic();
    one.syncEnd(numbered(200), 40);
    const follower = one.open();
    const prepend = one.timeline.writer.prepend.bind(one.timeline.writer);
    one.timeline.writer.prepend = (...parameters) => {
      prepend(...parameters);
      throw new FailureError({ kind: "storage", message: "full", problem: "full" });
    };
    await one.topic.paginate(room);
    expect(follower.older).toMatchObject({ failed: { kind: "storage", problem: "full" } });
    expect(follower.texts).toEqual(texts(40, 160));
    expect(one.timeline.gap()).toEqual({ segment: 0, token: "160" });
  });
});

describe("live", () => {
  test("events are appended with one insertion each, and only to who watches", () => {
    const one = new TestTopic();
    one.sync(numbered(40));
    const follower = one.open();
    one.sync([aMessage("new")]);
    expect(follower.changes).toEqual([
      { items: [{ op: "insert", at: 42, items: [expect.objectContaining({ kind: "message" })] }] },
    ]);
    follower.stop();
    one.sync([aMessage("newer")]);
    expect(follower.changes).toHaveLength(1);
  });

  test("changes without effect say nothing", () => {
    const one = new TestTopic();
    one.sync(numbered(40));
    const follower = one.open();
    one.changed();
    one.topic.changed(changesOf({ rooms: new Set([room]), queues: new Set([room]) }));
    expect(follower.changes).toEqual([]);
  });

  test("a redaction, an edit and a receipt each replace one item, also far back", () => {
    const one = new TestTopic();
    const events = numbered(100);
    one.sync(events);
    const follower = one.open();
    const target = events[60] as MatrixEvent;
    const steps: (() => void)[] = [
      () => one.timeline.writer.applyReceipts(room, { [target.eventId]: { "m.read": { [bob]: { ts: 1 } } } }),
      () =>
        one.timeline.append([
          anEvent({
            content: {
              msgtype: "m.text",
              body: "* edited",
              "m.new_content": { msgtype: "m.text", body: "edited" },
              "m.relates_to": { rel_type: "m.replace", event_id: target.eventId },
            },
          }),
        ]),
      () => one.timeline.append([aRedaction(target.eventId)]),
    ];
    const shown = steps.map((step) => {
      step();
      one.changed();
      const [change, ...more] = follower.changes.at(-1)?.items ?? [];
      expect(more).toEqual([]);
      return change?.op === "replace" && "readByCount" in change.item ? change.item : null;
    });
    expect(shown[0]).toMatchObject({ readBy: [{ userId: bob }], readByCount: 1 });
    expect(shown[1]).toMatchObject({ body: { text: "edited" }, readByCount: 1 });
    expect(shown[2]).toMatchObject({ kind: "redacted", eventId: target.eventId });
    expect(follower.changes).toHaveLength(3);
  });

  test("an echo takes the place of what was sent, in one replacement under the same id", () => {
    const one = new TestTopic();
    one.sync(numbered(40));
    const follower = one.open();
    const transactionId = "m-1" as TransactionId;
    const sent = { transactionId, eventType: "m.room.message", content: { msgtype: "m.text", body: "mine" } };
    one.local = [
      { ...sent, send: { state: "sending", since: 1 }, queuedAt: 1, eventId: null, relation: null },
    ];
    one.topic.changed(changesOf({ queues: new Set([room]) }));
    const echo = aMessage("mine", { sender: carol, unsigned: { transaction_id: transactionId } });
    one.timeline.append([echo]);
    one.local = [];
    one.changed();
    expect(follower.changes.map((change) => change.items.map((item) => item.op))).toEqual([
      ["insert"],
      ["replace"],
    ]);
    expect(follower.items.at(-1)).toMatchObject({
      id: "m-1",
      eventId: echo.eventId,
      send: { state: "sent" },
    });
  });

  test("a server that leaves out the transaction id does not make it two", () => {
    const one = new TestTopic();
    one.sync(numbered(40));
    const follower = one.open();
    const transactionId = "m-1" as TransactionId;
    const echo = aMessage("mine", { sender: carol });
    const sent = { transactionId, eventType: "m.room.message", content: { msgtype: "m.text", body: "mine" } };
    one.local = [{ ...sent, send: { state: "sent" }, queuedAt: 1, eventId: echo.eventId, relation: null }];
    one.sync([echo]);
    one.timeline.writer.claim(room, echo.eventId, transactionId, carol);
    one.local = [];
    one.changed();
    expect(follower.texts.filter((text) => text === "mine")).toHaveLength(1);
    expect(follower.items.at(-1)?.id).toBe("m-1");
  });

  test("several watchers see the same, also one who comes late, and the last one closes the window", async () => {
    const one = new TestTopic();
    one.sync(numbered(300));
    const first = one.open();
    await one.topic.paginate(room);
    const second = one.open();
    one.sync([aMessage("new")]);
    expect(second.items).toEqual(first.items);
    first.stop();
    first.stop();
    one.sync([aMessage("newer")]);
    expect(second.texts.at(-1)).toBe("newer");
    second.stop();
    expect(one.open().texts).toHaveLength(60);
  });

  test("a rename does not touch what was said before it", () => {
    const one = new TestTopic();
    one.sync([aMember(alice, { displayname: "Alice" }), ...numbered(40)]);
    const follower = one.open();
    one.sync([aMember(alice, { displayname: "Alicia" }, { displayname: "Alice" })]);
    expect(follower.changes.flatMap((change) => change.items.map((item) => item.op))).toEqual(["insert"]);
  });

  test("two of one name are told apart, and no longer once one is renamed", () => {
    const cache = openCache();
    const member = cache.statements(
      "-- name: put\nINSERT OR REPLACE INTO members VALUES (@roomId, @userId, 'join', @name, NULL, NULL);",
    )<{ roomId: string; userId: string; name: string }>("put");
    const one = new TestTopic({ cache });
    one.timeline.members.set(alice, { name: "Sam", avatarMxc: null });
    member.run({ roomId: room, userId: alice, name: "Sam" });
    one.sync(numbered(2));
    const follower = one.open();
    const isAmbiguous = () =>
      follower.items.flatMap((item) => ("sender" in item ? [item.sender.isAmbiguous] : []));
    expect(isAmbiguous()).toEqual([false, false]);
    member.run({ roomId: room, userId: bob, name: "Sam" });
    one.topic.changed(changesOf({ rooms: new Set([room]) }));
    expect(isAmbiguous()).toEqual([true, true]);
    member.run({ roomId: room, userId: bob, name: "Bob" });
    one.topic.changed(changesOf({ rooms: new Set([room]) }));
    expect(isAmbiguous()).toEqual([false, false]);
  });
});

describe("a gap that opens while somebody reads", () => {
  test("starts anew at the present and never shows both sides as neighbours; paging brings everything back", async () => {
    const one = new TestTopic();
    one.syncEnd(numbered(100), 100);
    const follower = one.open();
    expect(follower.texts.at(-1)).toBe("99");
    one.syncEnd(numbered(500, 100), 50);
    expect(follower.texts).toEqual(texts(50, 550));
    while (follower.older !== "exhausted") await one.topic.paginate(room);
    expect(follower.texts).toEqual(texts(600));
  });

  test("fills the page by itself when what is new is nearly nothing", async () => {
    const one = new TestTopic();
    one.syncEnd(numbered(100), 100);
    const follower = one.open();
    one.syncEnd(numbered(50, 100), 1);
    expect(follower.texts).toEqual(["149"]);
    await expect.poll(() => follower.texts.length).toBeGreaterThan(30);
    expect(follower.texts).toEqual(texts(follower.texts.length, 150 - follower.texts.length));
  });

  test("while a page is on its way puts the page where it belongs", async () => {
    const one = new TestTopic();
    one.syncEnd(numbered(400), 50);
    const follower = one.open();
    const answer = Promise.withResolvers<void>();
    one.server.hold = answer.promise;
    const done = one.topic.paginate(room);
    one.syncEnd(numbered(300, 400), 40);
    expect(follower.texts).toEqual(texts(40, 660));
    answer.resolve();
    await done;
    expect(follower.texts).toEqual(texts(follower.texts.length, 700 - follower.texts.length));
    while (follower.older !== "exhausted") await one.topic.paginate(room);
    expect(follower.texts).toEqual(texts(700));
  });
});

describe("leaving while a page is on its way", () => {
  test("keeps what comes for the next visit and asks for no more", async () => {
    const one = new TestTopic();
    one.syncEnd(numbered(400), 40);
    const follower = one.open();
    const answer = Promise.withResolvers<void>();
    one.server.hold = answer.promise;
    const done = one.topic.paginate(room);
    follower.stop();
    answer.resolve();
    await done;
    expect(one.server.requests).toHaveLength(1);
    const again = one.open();
    await one.topic.paginate(room);
    expect(again.texts).toEqual(texts(140, 260));
    expect(one.server.requests).toHaveLength(1);
  });

  test("and closing the app waits for it and writes nothing after", async () => {
    const one = new TestTopic();
    one.syncEnd(numbered(400), 40);
    one.open();
    const answer = Promise.withResolvers<void>();
    one.server.hold = answer.promise;
    void one.topic.paginate(room);
    const stopped = one.topic.stop();
    answer.resolve();
    await stopped;
    expect(one.server.requests[0]?.signal.aborted).toBe(true);
    expect(one.timeline.gap()).toEqual({ segment: 0, token: "360" });
  });
});

test("whatever a server sends, live or in a page, the room stays open and goes on", async () => {
  const type = fc.constantFrom(
    "m.room.message",
    "m.room.member",
    "m.room.redaction",
    "m.reaction",
    "m.room.name",
  );
  const content = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(
      fc.constantFrom("m.relates_to", "redacts", "body", "msgtype", "membership"),
      fc.jsonValue(),
    ),
  );
  const anything = fc.record(
    {
      event_id: fc.string(),
      type,
      sender: fc.string(),
      content,
      state_key: fc.jsonValue(),
      unsigned: fc.jsonValue(),
    },
    { requiredKeys: ["event_id", "type", "sender"] },
  );
  const one = new TestTopic();
  one.syncEnd(numbered(80), 40);
  const follower = one.open();
  const page = one.server.page.bind(one.server);
  const [live, paged] = fc.sample(fc.array(anything, { minLength: 300, maxLength: 300 }), {
    numRuns: 2,
    seed: 5,
  });
  one.server.page = (request) => {
    const answer = page(request);
    return answer.ok
      ? { ...answer, value: { ...answer.value, chunk: [...(paged ?? []), ...answer.value.chunk] } }
      : answer;
  };
  one.sync((live ?? []).map(parseEvent).filter((event) => event !== null));
  for (let asked = 0; asked < 10; asked++) await one.topic.paginate(room);
  one.sync([aMessage("after")]);
  expect(follower.older).toBe("exhausted");
  expect(follower.texts.filter((text) => /^\d+$|^after$/.test(text))).toEqual([...texts(80), "after"]);
});
