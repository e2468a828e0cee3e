import { describe, expect, it } from "vitest";
import type { CallId, EventId, UserId } from "../../../preload/contract/ids.ts";
import type { CallItem } from "../../../preload/contract/models/timeline.ts";
import type { StoredRow } from "../store/queries/timeline.ts";
import { createCallStories } from "./call-story.ts";

const own = "@own:x" as UserId;
const ben = "@ben:x" as UserId;
const CALL = "call" as CallId;

let count = 0;
const row = (
  type: string,
  sender: UserId,
  ts: number,
  content: Record<string, unknown> = {},
  isFromHere = false,
): { readonly row: StoredRow } => ({
  row: {
    eventId: `$${++count}` as EventId,
    type: `m.call.${type}`,
    sender,
    ts,
    isRedacted: 0,
    transactionId: isFromHere ? "t" : null,
    raw: JSON.stringify({ content: { call_id: CALL, ...content } }),
  } as unknown as StoredRow,
});

const lineOf = (caller: UserId, callId = CALL): CallItem => ({
  kind: "call",
  id: `line-${callId}`,
  eventId: null,
  sender: { userId: caller, name: "", isAmbiguous: false, avatar: null, isOwn: caller === own },
  ts: 0,
  readBy: [],
  readByCount: 0,
  isVideo: false,
  callId,
  outcome: "open",
  durationMs: null,
  isElsewhere: false,
});

const storiesOf = (live: readonly CallId[] = []) =>
  createCallStories({ ownUserId: own, isLiveCall: (callId) => live.includes(callId) });

function told(caller: UserId, entries: readonly { readonly row: StoredRow }[]) {
  const [item] = storiesOf()([row("invite", caller, 0), ...entries], [lineOf(caller)]);
  if (item?.kind !== "call") return null;
  const { outcome, durationMs, isElsewhere } = item;
  return { outcome, durationMs, isElsewhere };
}

const plain = { durationMs: null, isElsewhere: false };

describe("the line of a call", () => {
  it.each([
    ["theirs, and nobody answered", ben, [], { ...plain, outcome: "missed" }],
    ["ours, and nobody answered", own, [], { ...plain, outcome: "unanswered" }],
    [
      "ours, and time ran out",
      own,
      [row("hangup", own, 90, { reason: "invite_timeout" })],
      { ...plain, outcome: "unanswered" },
    ],
    ["ours, and we gave up", own, [row("hangup", own, 9)], { ...plain, outcome: "cancelled" }],
    ["theirs, and they gave up", ben, [row("hangup", ben, 9)], { ...plain, outcome: "missed" }],
    ["ours, declined", own, [row("reject", ben, 9)], { ...plain, outcome: "declined" }],
    ["ours, declined by version 0", own, [row("hangup", ben, 9)], { ...plain, outcome: "declined" }],
    ["theirs, declined here", ben, [row("reject", own, 9, {}, true)], { ...plain, outcome: "declined" }],
    [
      "theirs, declined on another device",
      ben,
      [row("reject", own, 9)],
      { durationMs: null, isElsewhere: true, outcome: "declined" },
    ],
    [
      "theirs, answered here",
      ben,
      [row("answer", own, 1000, {}, true), row("hangup", ben, 181_000)],
      { ...plain, durationMs: 180_000, outcome: "ended" },
    ],
    [
      "theirs, answered on another device",
      ben,
      [row("answer", own, 1000), row("hangup", ben, 2000)],
      { durationMs: 1000, isElsewhere: true, outcome: "ended" },
    ],
    [
      "answered, and never connected",
      own,
      [row("answer", ben, 1000), row("hangup", own, 2000, { reason: "ice_failed" })],
      { ...plain, durationMs: 1000, outcome: "failed" },
    ],
    [
      "ended before it began, by clocks that differ",
      own,
      [row("answer", ben, 5000), row("hangup", own, 2000)],
      { ...plain, durationMs: 0, outcome: "ended" },
    ],
  ] as const)("%s", (_name, caller, entries, expected) => {
    expect(told(caller, entries)).toEqual(expected);
  });

  it("meant for somebody else says so", () => {
    const entries = [row("invite", ben, 0, { invitee: "@eve:x" })];
    const [item] = storiesOf()(entries, [lineOf(ben)]);
    expect(item).toMatchObject({ outcome: "not-for-us" });
  });

  it("that goes on is open", () => {
    const entries = [row("invite", ben, 0), row("answer", own, 1)];
    const [item] = storiesOf([CALL])(entries, [lineOf(ben)]);
    expect(item).toMatchObject({ outcome: "open" });
  });

  it("that gave way to a crossing one is not shown beside it", () => {
    const other = { call_id: "other" };
    const entries = [
      row("invite", ben, 0),
      row("invite", own, 1, other),
      row("hangup", own, 2, other),
      row("answer", own, 3),
      row("hangup", ben, 9),
    ];
    const shown = storiesOf()(entries, [lineOf(ben), lineOf(own, "other" as CallId)]);
    expect(shown).toMatchObject([{ callId: CALL, outcome: "ended" }]);
  });

  it("stays the same object while nothing is new", () => {
    const stories = storiesOf();
    const entries = [row("invite", ben, 0)];
    const items = [lineOf(ben)];
    expect(stories(entries, items)[0]).toBe(stories(entries, items)[0]);
    expect(stories([...entries, row("answer", own, 1)], items)[0]).toMatchObject({ outcome: "ended" });
  });
});
