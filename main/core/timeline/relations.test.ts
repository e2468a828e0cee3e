import { describe, expect, test } from "vitest";
import type { EventId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { MessageItem, SendState } from "../../../preload/contract/models/timeline.ts";
import type { JsonObject, MatrixEvent } from "../event.ts";
import { changesOf } from "../changes.ts";
import { answeredIn, withoutFallback } from "./answer.ts";
import { alice, aMessage, anEvent, aRedaction, bob, carol, room } from "./fixtures.ts";
import type { LocalRelation, LocalRow } from "./local-item.ts";
import { aggregateReactions, type ReactionsInput } from "./reactions.ts";
import { TestTopic, type Follower } from "./topic-fixtures.ts";

// What is said of messages, as it is shown: in whatever order it comes, from whomever, and from us.

const reaction = (target: string, key: unknown, sender: UserId, id?: string): MatrixEvent =>
  anEvent({
    ...{ type: "m.reaction", sender, ...(id === undefined ? {} : { id }) },
    content: { "m.relates_to": { rel_type: "m.annotation", event_id: target, key } },
  });
const edit = (target: string, body: string, parts: { sender?: UserId; ts?: number; id?: string } = {}) =>
  anEvent({
    ...parts,
    content: {
      ...{ msgtype: "m.text", body: `* ${body}` },
      "m.new_content": { msgtype: "m.text", body },
      "m.relates_to": { rel_type: "m.replace", event_id: target },
    },
  });
const answer = (target: string, body: string, parts: { sender?: UserId } = {}): MatrixEvent =>
  anEvent({
    ...parts,
    content: { msgtype: "m.text", body, "m.relates_to": { "m.in_reply_to": { event_id: target } } },
  });
const local = (relation: Partial<LocalRelation>, more: Partial<LocalRow> = {}): LocalRow => ({
  transactionId: "local-row" as TransactionId,
  eventType: "m.reaction",
  content: {},
  send: { state: "queued", since: 1 },
  queuedAt: 7,
  eventId: null,
  ...more,
  relation: { does: "react", eventId: null, transactionId: null, key: null, ...relation },
});
const unsent: SendState = { state: "unsent", reason: { code: "behind" } };

function shown(follower: Follower, eventId: string): MessageItem {
  const item = follower.items.find((one) => "eventId" in one && one.eventId === eventId);
  if (item?.kind !== "message") throw new Error(`no message ${eventId}`);
  return item;
}
const chips = (item: MessageItem): string[] =>
  (item.relations?.reactions ?? []).map(({ key, count, isOwn }) => `${key} ${count}${isOwn ? " ours" : ""}`);

describe("reactions", () => {
  const input = (rows: [string, UserId, string][], more: Partial<ReactionsInput> = {}): ReactionsInput => ({
    rows: rows.map(([id, sender, key]) => ({
      ...{
        eventId: id as EventId,
        target: "$m" as EventId,
        sender,
        senderName: null,
        ts: 1,
        key,
        shortcode: null,
      },
    })),
    ...{ local: [], leaving: new Set(), ownUserId: carol, ownName: "Carol" },
    ...more,
  });
  const counts = (parts: ReactionsInput): string[] =>
    aggregateReactions(parts).map(({ key, count, isOwn }) => `${key}${count}${isOwn ? "*" : ""}`);

  test.each<[string, ReactionsInput, string[]]>([
    [
      "are counted by key, in the order they came",
      input([
        ["$1", alice, "a"],
        ["$2", bob, "b"],
        ["$3", carol, "a"],
      ]),
      ["a2*", "b1"],
    ],
    [
      "of one person count once",
      input([
        ["$1", alice, "a"],
        ["$2", alice, "a"],
      ]),
      ["a1"],
    ],
    [
      "with keys that are none are left out",
      input([
        ["$1", alice, " "],
        ["$2", alice, "x".repeat(101)],
        ["$3", alice, "\u202Ea"],
      ]),
      [],
    ],
    [
      "of ours that are being taken back are gone",
      input([["$1", carol, "a"]], { leaving: new Set(["$1" as EventId]) }),
      [],
    ],
    [
      "of ours that have arrived are not counted twice",
      input([["$1", carol, "a"]], {
        local: [
          {
            key: "a",
            shortcode: null,
            send: { state: "sent" },
            transactionId: "t" as TransactionId,
            eventId: "$1" as EventId,
          },
        ],
      }),
      ["a1*"],
    ],
  ])("%s", (_, parts, expected) => {
    expect(counts(parts)).toEqual(expected);
  });

  test("of a thousand people make one chip with ten names", () => {
    const rows = Array.from({ length: 1000 }, (_, i): [string, UserId, string] => [
      ...([`$${i}`, `@p${i}:x` as UserId, "👍"] as const),
    ]);
    const [chip] = aggregateReactions(input(rows));
    expect(chip).toMatchObject({ count: 1000, isOwn: false });
    expect(chip?.names).toHaveLength(10);
  });

  test("that come before their message, and after it, stand under it; a redacted one leaves", () => {
    const one = new TestTopic();
    const target = aMessage("hello", { id: "$m" });
    one.sync([reaction("$m", "👍", alice, "$r1"), target, reaction("$m", "👍", bob, "$r2")]);
    const follower = one.open();
    expect(chips(shown(follower, "$m"))).toEqual(["👍 2"]);
    one.sync([aRedaction("$r1")]);
    expect(chips(shown(follower, "$m"))).toEqual(["👍 1"]);
    one.sync([reaction("$m", { evil: 1 }, alice)]);
    expect(chips(shown(follower, "$m"))).toEqual(["👍 1"]);
  });

  test("of ours show at once, and are replaced by what arrives", () => {
    const one = new TestTopic();
    one.sync([aMessage("hello", { id: "$m" })]);
    const follower = one.open();
    one.local = [local({ eventId: "$m" as EventId, key: "👍" })];
    one.topic.changed(changesOf({ queues: new Set([room]) }));
    expect(chips(shown(follower, "$m"))).toEqual(["👍 1 ours"]);
    one.local = [];
    one.sync([reaction("$m", "👍", carol)]);
    expect(chips(shown(follower, "$m"))).toEqual(["👍 1 ours"]);
  });
});

describe("edits", () => {
  const cases: [string, MatrixEvent[], string][] = [
    ["by the same person count", [edit("$m", "two")], "two"],
    ["by somebody else do not", [edit("$m", "evil", { sender: bob })], "one"],
    [
      "count by time, whatever comes last",
      [edit("$m", "new", { ts: 9e12 }), edit("$m", "old", { ts: 8e12 })],
      "new",
    ],
    ["that were redacted do not count", [edit("$m", "two", { id: "$e" }), aRedaction("$e")], "one"],
    ["of an edit do not count", [edit("$m", "two", { id: "$x" }), edit("$x", "three")], "two"],
  ];
  test.each(cases)("%s", (_, events, expected) => {
    const one = new TestTopic();
    one.sync([aMessage("one", { id: "$m" }), ...events]);
    const item = shown(one.open(), "$m");
    expect(item.body.text).toBe(expected);
    expect(item.relations?.edit !== undefined && item.relations?.edit !== null).toBe(expected !== "one");
  });

  test("that come before their message are applied when it comes", () => {
    const one = new TestTopic();
    one.sync([edit("$m", "two"), aMessage("one", { id: "$m" })]);
    expect(shown(one.open(), "$m").body.text).toBe("two");
  });

  test("of ours show at once; one that was refused says so and keeps its words", () => {
    const one = new TestTopic();
    one.sync([aMessage("one", { id: "$m", sender: carol })]);
    const follower = one.open();
    const content = { "m.new_content": { msgtype: "m.text", body: "two" } };
    one.local = [local({ does: "edit", eventId: "$m" as EventId }, { content, send: unsent })];
    one.topic.changed(changesOf({ queues: new Set([room]) }));
    expect(shown(follower, "$m").body.text).toBe("two");
    expect(shown(follower, "$m").relations?.edit).toMatchObject({ send: { state: "unsent" } });
  });

  test("go with the message they were for, also those that come later (RED-02)", () => {
    const one = new TestTopic();
    const dump = (): string =>
      JSON.stringify(
        ["$e1", "$e2"].map((id) => one.timeline.q.storedEvent.get({ eventId: id as EventId })?.raw),
      );
    one.sync([aMessage("one", { id: "$m" }), edit("$m", "secret words", { id: "$e1" })]);
    expect(dump()).toContain("secret words");
    one.sync([aRedaction("$m"), edit("$m", "secret words", { id: "$e2" })]);
    expect(dump()).not.toContain("secret words");
  });
});

describe("deletions of ours", () => {
  test("show at once; one that was refused gives the message back and says so", () => {
    const one = new TestTopic();
    one.sync([aMessage("one", { id: "$m" })]);
    const follower = one.open();
    const redact = { does: "redact", eventId: "$m" as EventId } as const;
    one.local = [local(redact, { content: { reason: "spam" } })];
    one.topic.changed(changesOf({ queues: new Set([room]) }));
    expect(follower.items.at(-1)).toMatchObject({ kind: "redacted", eventId: "$m", reason: "spam" });
    one.local = [local(redact, { send: unsent })];
    one.topic.changed(changesOf({ queues: new Set([room]) }));
    expect(shown(follower, "$m").relations?.deletion).toMatchObject({ reason: { code: "behind" } });
  });
});

describe("answers", () => {
  test("quote what is here, follow its edits, and its deletion", () => {
    const one = new TestTopic();
    one.sync([aMessage("first\nsecond\nthird\nfourth", { id: "$m" }), answer("$m", "yes", { sender: bob })]);
    const follower = one.open();
    const quote = () => (follower.items.at(-1) as MessageItem).relations?.reply;
    expect(quote()).toMatchObject({ state: "shown", text: "first\nsecond\nthird", eventId: "$m" });
    one.sync([edit("$m", "changed")]);
    one.sync([aMessage("after")]);
    const answerItem = (): MessageItem =>
      follower.items.find((item) => item.kind === "message" && item.body.text === "yes") as MessageItem;
    expect(answerItem().relations?.reply).toMatchObject({ text: "changed" });
    one.sync([aRedaction("$m")]);
    expect(answerItem().relations?.reply).toMatchObject({ state: "redacted", text: "" });
  });

  test("ask the server once for what is not here, and say when it has nothing", async () => {
    const one = new TestTopic();
    one.single.set("$far", aMessage("long ago", { id: "$far" }).raw);
    one.sync([answer("$far", "to the old one"), answer("$gone", "to nothing")]);
    const follower = one.open();
    expect(
      follower.items.flatMap((item) => (item.kind === "message" ? [item.relations?.reply?.state] : [])),
    ).toEqual(["loading", "loading"]);
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    const quotes = follower.items.flatMap((item) => (item.kind === "message" ? [item.relations?.reply] : []));
    expect(quotes).toMatchObject([{ state: "shown", text: "long ago" }, { state: "missing" }]);
    expect(one.asked.toSorted()).toEqual(["$far", "$gone"]);
  });

  test.each<[string, string]>([
    ["> <@ana:x> hello\n> there\n\nyes", "yes"],
    ["> <@ana:x> hello\nyes", "yes"],
    ["> * <@ana:x> waves\n\nyes", "yes"],
    ["> a quote of my own\n\nyes", "> a quote of my own\n\nyes"],
    ["> <@ana:x> all of it", "> <@ana:x> all of it"],
    ["plain", "plain"],
  ])("the fallback of %j is taken off", (body, expected) => {
    expect(withoutFallback(body)).toBe(expected);
  });

  test("within a thread only what somebody chose is an answer", () => {
    const content = (isFallingBack: boolean): JsonObject => ({
      "m.relates_to": {
        rel_type: "m.thread",
        event_id: "$root",
        is_falling_back: isFallingBack,
        "m.in_reply_to": { event_id: "$m" },
      },
    });
    expect(answeredIn(content(true))).toBeNull();
    expect(answeredIn(content(false))).toBe("$m");
  });
});
