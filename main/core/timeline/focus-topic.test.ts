import { describe, expect, it } from "vitest";
import type { EventId, TransactionId } from "../../../preload/contract/ids.ts";
import { alice, aMember, aMessage, anEvent, aRedaction, bob } from "./fixtures.ts";
import type { LocalRow } from "./items.ts";
import { TestTopic } from "./topic-fixtures.ts";

// Opening a message wherever it is (CTX-01…04): from the store without asking anybody, else from the server.

const many = (count: number) => Array.from({ length: count }, (_, i) => aMessage(`m${i}`, { id: `$m${i}` }));
const id = (name: string): EventId => name as EventId;
const localText = (body: string): LocalRow => ({
  transactionId: `t-${body}` as TransactionId,
  eventType: "m.room.message",
  content: { msgtype: "m.text", body },
  send: { state: "queued", since: 0 },
  queuedAt: 0,
  eventId: null,
  relation: null,
});
const settled = async (isThere: () => boolean): Promise<void> => {
  while (!isThere()) await new Promise((done) => setImmediate(done));
};

describe("a timeline around an event", () => {
  it("is there at once, without the network, when the event is stored", () => {
    const one = new TestTopic();
    one.sync(many(200));
    const at = one.openAt(id("$m100"));
    expect(at.focus).toEqual({ state: "shown", target: "$m100" });
    expect(at.texts[0]).toBe("m70");
    expect(at.texts.at(-1)).toBe("m130");
    expect([at.older, at.newer]).toEqual(["idle", "idle"]);
    expect(one.server.around).toEqual([]);
    expect(one.server.requests).toEqual([]);
  });

  it("reads on from the store in both directions until it is the present", async () => {
    const one = new TestTopic();
    one.sync(many(200));
    const at = one.openAt(id("$m100"));
    while (at.newer !== "exhausted") await one.topic.paginate(at.roomId, id("$m100"), "forward");
    while (at.older !== "exhausted") await one.topic.paginate(at.roomId, id("$m100"), "backward");
    expect(at.texts).toEqual(many(200).map((_, i) => `m${i}`));
    expect(at.focus).toMatchObject({ state: "live" });
    one.sync([aMessage("fresh")]);
    expect(at.texts.at(-1)).toBe("fresh");
    expect(one.server.requests).toEqual([]);
  });

  it("asks the server for what is not stored, and gives it no place among what is", async () => {
    const one = new TestTopic();
    one.syncEnd(many(400), 20);
    const at = one.openAt(id("$m100"));
    expect(at.focus).toEqual({ state: "loading" });
    await settled(() => at.focus?.state === "shown");
    expect(at.texts).toContain("m100");
    expect(one.timeline.q.place.get({ eventId: id("$m100") })).toBeUndefined();
    // Kept all the same: it can be answered, edited, reacted to, and forgotten when it is deleted.
    expect(one.timeline.q.storedEvent.get({ eventId: id("$m100") })?.type).toBe("m.room.message");
  });

  it("meets the live one and goes on as it does", async () => {
    const one = new TestTopic();
    one.syncEnd(many(400), 20);
    const at = one.openAt(id("$m100"));
    await settled(() => at.focus?.state === "shown");
    while (at.newer !== "exhausted") await one.topic.paginate(at.roomId, id("$m100"), "forward");
    while (at.older !== "exhausted") await one.topic.paginate(at.roomId, id("$m100"), "backward");
    expect(at.texts).toEqual(many(400).map((_, i) => `m${i}`));
    expect(at.focus).toMatchObject({ state: "live", target: "$m100" });
    one.sync([aMessage("fresh")]);
    expect(at.texts.at(-1)).toBe("fresh");
  });

  it("says why, when the server does not have the event, and asks again when told to", async () => {
    const one = new TestTopic();
    one.syncEnd(many(50), 5);
    one.server.failures.push({ kind: "offline", message: "no network" });
    const at = one.openAt(id("$m10"));
    await settled(() => at.focus?.state === "failed");
    expect(at.focus).toMatchObject({ failure: { kind: "offline" } });
    await one.topic.paginate(at.roomId, id("$m10"));
    expect(at.focus).toMatchObject({ state: "shown", target: "$m10" });
    const lost = one.openAt(id("$nowhere"));
    await settled(() => lost.focus?.state === "failed");
    expect(lost.focus).toMatchObject({ failure: { errcode: "M_NOT_FOUND" } });
    // Or whoever shows it would go on asking.
    expect([lost.older, lost.newer]).toEqual(["exhausted", "exhausted"]);
  });

  it("does not show an event of another room", async () => {
    const one = new TestTopic();
    one.sync([aMessage("here", { id: "$elsewhere" })]);
    const other = one.openIn("!other:example.org", id("$elsewhere"));
    await settled(() => other.focus?.state === "failed");
    expect(other.items).toEqual([]);
  });

  it("shows a failed page in its own direction and no other", async () => {
    const one = new TestTopic();
    one.syncEnd(many(400), 20);
    const at = one.openAt(id("$m200"));
    await settled(() => at.focus?.state === "shown");
    one.server.failures.push({ kind: "rejected", status: 403, errcode: "M_FORBIDDEN", message: "no" });
    await one.topic.paginate(at.roomId, id("$m200"), "forward");
    expect(at.newer).toMatchObject({ failed: { errcode: "M_FORBIDDEN" } });
    expect(at.older).toBe("idle");
    const asked = one.server.requests.length;
    await one.topic.paginate(at.roomId, id("$m200"), "forward");
    expect(one.server.requests).toHaveLength(asked);
  });

  it("joins a page that is on its way instead of asking twice", async () => {
    const one = new TestTopic();
    one.syncEnd(many(400), 20);
    const at = one.openAt(id("$m200"));
    await settled(() => at.focus?.state === "shown");
    const asked = one.server.requests.length;
    await Promise.all([1, 2, 3].map(() => one.topic.paginate(at.roomId, id("$m200"), "backward")));
    expect(one.server.requests).toHaveLength(asked + 1);
  });

  it("shows people as they were called then, whatever they are called now (CTX-04)", async () => {
    const one = new TestTopic();
    const events = [
      aMember(bob, { displayname: "Old Bob" }),
      ...many(60).map((event, i) => (i === 30 ? aMessage("then", { id: "$then", sender: bob }) : event)),
      aMember(bob, { displayname: "New Bob" }, { displayname: "Old Bob" }),
      ...Array.from({ length: 60 }, (_, i) => aMessage(`later ${i}`)),
    ];
    one.syncEnd(events, 5);
    const at = one.openAt(id("$then"));
    await settled(() => at.focus?.state === "shown");
    const item = at.items.find((one) => one.id === "$then");
    expect(item).toMatchObject({ sender: { name: "Old Bob" } });
    // Current names are not touched by it.
    expect(one.timeline.members.get(bob)).toBeUndefined();
  });

  it("takes a redaction that comes while it is open", async () => {
    const one = new TestTopic();
    one.syncEnd(many(100), 5);
    const at = one.openAt(id("$m50"));
    await settled(() => at.focus?.state === "shown");
    one.sync([aRedaction("$m50")]);
    expect(at.items.find((item) => item.id === "$m50")?.kind).toBe("redacted");
    expect(JSON.stringify(at.items)).not.toContain('"m50"');
  });

  it("shows the text of an edit that came inside the event, and of one that comes later", async () => {
    const one = new TestTopic();
    const edit = (text: string, ts: number) =>
      anEvent({
        ts,
        content: {
          msgtype: "m.text",
          body: `* ${text}`,
          "m.new_content": { msgtype: "m.text", body: text },
          "m.relates_to": { rel_type: "m.replace", event_id: "$m50" },
        },
      });
    const events = many(100).map((event, i) =>
      i === 50
        ? aMessage("m50", {
            id: "$m50",
            unsigned: { "m.relations": { "m.replace": edit("bundled", 5).raw } },
          })
        : event,
    );
    one.syncEnd(events, 5);
    const at = one.openAt(id("$m50"));
    await settled(() => at.focus?.state === "shown");
    expect(at.texts).toContain("bundled");
    one.sync([edit("newer", 6)]);
    expect(at.texts).toContain("newer");
    expect(at.texts).not.toContain("bundled");
  });

  it("counts reactions of its pages, once, and those that come later", async () => {
    const one = new TestTopic();
    const react = (to: string, sender: string) =>
      anEvent({
        type: "m.reaction",
        sender,
        content: { "m.relates_to": { rel_type: "m.annotation", event_id: to, key: "🐦" } },
      });
    one.syncEnd([...many(100), react("$m50", bob), ...many(5).map(() => aMessage("end"))], 3);
    const at = one.openAt(id("$m50"));
    await settled(() => at.focus?.state === "shown");
    while (at.newer !== "exhausted") await one.topic.paginate(at.roomId, id("$m50"), "forward");
    const shown = () => JSON.stringify(at.items.find((item) => item.id === "$m50"));
    expect(shown()).toContain("🐦");
    expect(shown()).toContain('"count":1');
    one.sync([react("$m50", alice)]);
    expect(shown()).toContain('"count":2');
  });

  it("stands at the edited message when the edit is asked for, and beside an event that is never shown", () => {
    const one = new TestTopic();
    const edit = anEvent({
      id: "$edit",
      content: {
        body: "* x",
        msgtype: "m.text",
        "m.new_content": { msgtype: "m.text", body: "x" },
        "m.relates_to": { rel_type: "m.replace", event_id: "$m3" },
      },
    });
    one.sync([...many(10), edit, anEvent({ id: "$hidden", type: "org.example.unknown", sender: alice })]);
    expect(one.openAt(id("$edit")).focus).toMatchObject({ target: "$m3" });
    expect(one.openAt(id("$hidden")).focus).toMatchObject({ target: "$m9" });
  });

  it("shows what waits to be sent only once it has met the present", async () => {
    const one = new TestTopic();
    one.sync(many(200));
    one.local = [localText("typed")];
    const at = one.openAt(id("$m20"));
    expect(at.texts).not.toContain("typed");
    while (at.newer !== "exhausted") await one.topic.paginate(at.roomId, id("$m20"), "forward");
    expect(at.texts.at(-1)).toBe("typed");
  });

  it("forgets everything when nobody watches any more, and gives up what is on its way", async () => {
    const one = new TestTopic();
    one.syncEnd(many(100), 5);
    let answer = (): void => {};
    one.server.hold = new Promise((resolve) => (answer = resolve));
    const at = one.openAt(id("$m50"));
    await settled(() => one.server.around.length === 1);
    at.stop();
    answer();
    one.server.hold = null;
    await one.topic.stop();
    expect(at.changes).toEqual([]);
    expect(one.openAt(id("$m50")).focus).toEqual({ state: "loading" });
  });
});
