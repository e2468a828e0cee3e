import { describe, expect, test } from "vitest";
import type { EventId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { TimelineItem } from "../../../preload/contract/models/timeline.ts";
import type { MatrixEvent } from "../event.ts";
import type { StoredRow } from "../store/queries/timeline.ts";
import { senderOf } from "./event-item.ts";
import { alice, aMessage, anEvent, bob, carol, room } from "./fixtures.ts";
import { anEntry, createItemBuilder, type LocalRow, type ReadBy, type TimelineInput } from "./items.ts";
import { Quotes } from "./quote.ts";
import { storedEvent } from "./stored-event.ts";

const own = carol;
const DAY = 86_400_000;
const noon = 1_700_000_000_000 - (1_700_000_000_000 % DAY) + DAY / 2;

function rowsOf(events: readonly MatrixEvent[], names: Readonly<Record<string, string>> = {}): StoredRow[] {
  return events.map((event, position) => {
    const profile = { name: names[event.sender] ?? null, avatarMxc: null, quality: 2 };
    const row = storedEvent(room, event, profile, null, (html) => html);
    return { segment: 0, position, ...row, relatesTo: row.relatesTo as EventId | null };
  });
}

type More = Partial<TimelineInput> & { readonly readers?: ReadonlyMap<EventId, readonly ReadBy[]> };

function anInput(events: readonly MatrixEvent[], { readers, ...more }: More = {}): TimelineInput {
  const entries = more.entries ?? rowsOf(events).map((row) => anEntry(row, [], readers?.get(row.eventId)));
  return {
    entries,
    has: (eventId) => entries.some((entry) => entry.row.eventId === eventId),
    isAtStart: false,
    local: [],
    fullyRead: null,
    self: senderOf(own, "Carol", null, own),
    ...more,
  };
}

const builder = (namesakes: readonly string[] = []) =>
  createItemBuilder({
    ownUserId: own,
    dayOf: (ts) => ts - (ts % DAY),
    nameOf: () => null,
    mayRedact: () => false,
    mayNotifyRoom: () => false,
    hasNamesake: (_userId, name) => namesakes.includes(name),
    cleanHtml: (html) => html,
    quotes: new Quotes({ load: () => undefined, itemOf: () => null, want: () => "missing" }),
  });
const build = (events: readonly MatrixEvent[], more: More = {}): readonly TimelineItem[] =>
  builder().build(anInput(events, more));

/** What is shown, one word per item: text of messages, else the kind. */
const shape = (items: readonly TimelineItem[]): string[] =>
  items.map((item) => (item.kind === "message" ? item.body.text : item.kind));

const at = (body: string, ts: number, sender: UserId = alice): MatrixEvent => aMessage(body, { ts, sender });
const reader = (userId: UserId, ts: number): ReadBy => ({
  reader: { userId, name: userId, avatar: null },
  ts,
});
const aLocal = (body: string, more: Partial<LocalRow> = {}): LocalRow => ({
  transactionId: `t-${body}` as TransactionId,
  eventType: "m.room.message",
  content: { msgtype: "m.text", body },
  send: { state: "queued", since: noon },
  queuedAt: noon,
  eventId: null,
  relation: null,
  ...more,
});
const relation = { eventId: "$of" as EventId, transactionId: null, key: null } as const;
const aReaction = (): MatrixEvent => anEvent({ type: "m.reaction", content: {} });

describe("regions", () => {
  test("come in order: start, what the server has, what waits here", () => {
    const items = build([at("remote", noon)], { isAtStart: true, local: [aLocal("local")] });
    expect(shape(items)).toEqual(["start", "date", "remote", "local"]);
    expect(items.at(-1)).toMatchObject({ id: "t-local", eventId: null, send: { state: "queued" } });
  });

  test("keep the server's order, whatever the times say", () => {
    const items = build([at("1", noon), at("2", 5), at("3", noon + 1), at("4", 8_640_000_000_000_000)]);
    expect(shape(items).filter((word) => word !== "date")).toEqual(["1", "2", "3", "4"]);
    expect(new Set(items.map((item) => item.id)).size).toBe(items.length);
  });

  test("show a message that has arrived once, under the id it was sent with", () => {
    const echo = aMessage("m", { ts: noon, sender: own, unsigned: { transaction_id: "t-m" } });
    const items = build([echo], { local: [aLocal("m", { eventId: echo.eventId })] });
    expect(items.map((item) => item.id)).toEqual([expect.stringMatching(/^date-/), "t-m"]);
  });

  test("do so also when the server leaves the transaction id out", () => {
    const echo = aMessage("m", { ts: noon, sender: own });
    const items = build([echo], { local: [aLocal("m", { eventId: echo.eventId })] });
    expect(items.at(-1)).toMatchObject({ id: "t-m", eventId: echo.eventId });
    expect(items).toHaveLength(2);
  });

  test("never have one id twice, whatever a server says", () => {
    const unsigned = { transaction_id: "same" };
    const events = [1, 2, 3].map((n) => aMessage(String(n), { ts: noon, sender: own, unsigned }));
    const ids = build(events).map((item) => item.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("show unreadable words of ours as something rather than not at all", () => {
    expect(build([], { local: [aLocal("x", { content: { nonsense: 1 } })] })).toHaveLength(2);
  });

  test("leave reactions and edits that wait to be sent out of the list", () => {
    const local = [
      aLocal("r", { eventType: "m.reaction", relation: { ...relation, does: "react", key: "👍" } }),
      aLocal("e", { relation: { ...relation, does: "edit" } }),
    ];
    expect(build([], { local })).toEqual([]);
  });
});

describe("dates", () => {
  test("stand before the first item of each day and keep their id when history grows", () => {
    const today = [at("3", noon), at("4", noon + 1)];
    const before = build(today);
    const after = build([at("1", noon - DAY), at("2", noon - 1), ...today]);
    expect(shape(after)).toEqual(["date", "1", "date", "2", "3", "4"]);
    expect(after[2]).toEqual(before[0]);
  });

  test("do not stand before what is not shown", () => {
    expect(shape(build([aReaction(), at("1", noon)]))).toEqual(["date", "1"]);
    expect(build([aReaction()])).toEqual([]);
  });
});

describe("the read marker", () => {
  const [a, b, c] = [at("a", noon), at("b", noon, bob), at("c", noon, own)] as const;
  const marked = (events: readonly MatrixEvent[], fullyRead: MatrixEvent) =>
    shape(build(events, { fullyRead: fullyRead.eventId })).slice(1);

  test("stands after the last event read when others have said something since", () => {
    expect(marked([a, b], a)).toEqual(["a", "read-marker", "b"]);
  });

  test("is not there after the last event, nor when only we have said something since", () => {
    expect(marked([a, b], b)).toEqual(["a", "b"]);
    expect(marked([b, c], b)).toEqual(["b", "c"]);
  });

  test("stands below what we have said ourselves since, where reading ended for us", () => {
    const [mine, news] = [at("mine", noon, own), at("news", noon, bob)];
    expect(marked([a, mine, news, c], a)).toEqual(["a", "mine", "read-marker", "news", "c"]);
  });

  test("stands after what is shown before a hidden event", () => {
    const hidden = aReaction();
    expect(marked([a, hidden, b], hidden)).toEqual(["a", "read-marker", "b"]);
  });

  test("stands below the date of the day that begins with the news", () => {
    const next = at("n", noon + 24 * 3_600_000, bob);
    expect(build([a, next], { fullyRead: a.eventId }).map((item) => item.kind)).toEqual([
      "date",
      "message",
      "date",
      "read-marker",
      "message",
    ]);
  });

  test("is not there when the event is not loaded", () => {
    expect(marked([a, b], at("unknown", noon))).toEqual(["a", "b"]);
  });
});

describe("readers", () => {
  test("stand at their event, the newest first, five at most and all counted", () => {
    const message = at("m", noon);
    const all = Array.from({ length: 300 }, (_, i) => reader(`@u${i}:x` as UserId, i));
    const item = build([message], { readers: new Map([[message.eventId, all]]) })[1];
    expect(item).toMatchObject({ readByCount: 300 });
    expect(item?.kind === "message" && item.readBy.map((one) => one.userId)).toEqual([
      "@u299:x",
      "@u298:x",
      "@u297:x",
      "@u296:x",
      "@u295:x",
    ]);
  });

  test("of what is not shown stand at what is shown before it", () => {
    const [message, hidden, last] = [at("m", noon), aReaction(), at("n", noon)];
    const readers = new Map([
      [message.eventId, [reader(bob, 1)]],
      [hidden.eventId, [reader(alice, 2)]],
    ]);
    const items = build([message, hidden, last], { readers });
    expect(items[1]).toMatchObject({ readBy: [{ userId: alice }, { userId: bob }], readByCount: 2 });
    expect(items[2]).toMatchObject({ readBy: [], readByCount: 0 });
  });
});

test("people with one name are told apart, and only they", () => {
  const rows = rowsOf([at("1", noon), at("2", noon, bob)], { [alice]: "Sam", [bob]: "Bob" });
  const items = builder(["Sam"]).build(anInput([], { entries: rows.map((row) => anEntry(row)) }));
  expect(items.slice(1).map((item) => "sender" in item && item.sender.isAmbiguous)).toEqual([true, false]);
});

describe("building again", () => {
  test("keeps every object that did not change", () => {
    const entries = rowsOf([at("1", noon), at("2", noon), at("3", noon)]).map((row) => anEntry(row));
    const one = builder();
    const before = one.build(anInput([], { entries }));
    const changed = entries.with(1, anEntry({ ...(entries[1]?.row as StoredRow), senderName: "New" }));
    const after = one.build(anInput([], { entries: changed }));
    expect(after.slice(1).map((item, i) => item === before[i + 1])).toEqual([true, false, true]);
  });

  test("takes up a namesake, a reader and an edit", () => {
    const [row] = rowsOf([at("1", noon)], { [alice]: "Sam" }) as [StoredRow];
    const namesakes: string[] = [];
    const one = builder(namesakes);
    const entry = anEntry(row);
    const buildAgain = (shown = entry) => one.build(anInput([], { entries: [shown] }))[1];
    expect(buildAgain()).toMatchObject({ sender: { isAmbiguous: false }, readByCount: 0 });
    namesakes.push("Sam");
    expect(buildAgain()).toMatchObject({ sender: { isAmbiguous: true }, readByCount: 0 });
    entry.readers = [reader(bob, 1)];
    expect(buildAgain()).toMatchObject({ sender: { isAmbiguous: true }, readByCount: 1 });
    const raw = JSON.stringify({ content: { "m.new_content": { msgtype: "m.text", body: "2" } } });
    const { eventId, type, sender } = row;
    const edit = { eventId: "$e" as EventId, target: eventId, type, sender, ts: 1, html: null, raw };
    expect(buildAgain(anEntry(row, [edit]))).toMatchObject({ body: { text: "2" } });
  });
});
