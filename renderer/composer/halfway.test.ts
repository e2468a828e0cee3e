import { expect, test } from "vitest";
import { MAX_EDITS, MAX_EDITS_LENGTH } from "../../preload/contract/draft-limit.ts";
import type { EventId, TransactionId } from "../../preload/contract/ids.ts";
import { Halfway, isSameMessage } from "./halfway.ts";

const sent = (id: string) => ({ eventId: `$${id}` as EventId, transactionId: null });
const echo = (id: string) => ({ eventId: null, transactionId: id as TransactionId });

test("a message is the same under either of its names, and nothing is by having none", () => {
  const both = { eventId: "$1" as EventId, transactionId: "t1" as TransactionId };
  expect([isSameMessage(both, sent("1")), isSameMessage(echo("t1"), both)]).toEqual([true, true]);
  expect([isSameMessage(sent("1"), sent("2")), isSameMessage(sent("1"), echo("t2"))]).toEqual([false, false]);
});

test("words wait under the name their message had, and are taken once", () => {
  const halfway = new Halfway();
  halfway.leave(echo("t1"), "changed");
  halfway.leave(echo("t1"), "changed twice");
  const now = { eventId: "$1" as EventId, transactionId: "t1" as TransactionId };
  expect([halfway.take(now), halfway.take(now)]).toEqual(["changed twice", null]);
});

test("what went out waits no longer, other words do", () => {
  const halfway = new Halfway();
  halfway.leave(sent("1"), "changed again");
  halfway.arrived(sent("1"), "changed");
  expect(halfway.kept(null)).toHaveLength(1);
  halfway.arrived(sent("1"), "changed again");
  expect(halfway.kept(null)).toEqual([]);
});

test("what was stored comes behind newer words of the same message", () => {
  const halfway = new Halfway();
  halfway.leave(sent("1"), "newer");
  halfway.restore([
    { ...sent("1"), body: "older", isOpen: true },
    { ...sent("2"), body: "other", isOpen: false },
  ]);
  expect(halfway.kept({ ...sent("3"), body: "in the field" })).toEqual([
    { ...sent("2"), body: "other", isOpen: false },
    { ...sent("1"), body: "newer", isOpen: false },
    { ...sent("3"), body: "in the field", isOpen: true },
  ]);
});

test("no more is kept than the contract takes, and the last goes last", () => {
  const halfway = new Halfway();
  for (let n = 0; n < MAX_EDITS + 5; n++) halfway.leave(sent(`${n}`), `words ${n}`);
  expect(halfway.kept(null)).toHaveLength(MAX_EDITS);
  expect(halfway.kept(null).at(-1)?.body).toBe(`words ${MAX_EDITS + 4}`);
  const long = { ...sent("long"), body: "x".repeat(MAX_EDITS_LENGTH - 8) };
  expect(halfway.kept(long).map(({ body }) => body.length)).toEqual([8, long.body.length]);
  expect(halfway.kept({ ...long, body: `${long.body} and much more` })).toEqual([]);
});
