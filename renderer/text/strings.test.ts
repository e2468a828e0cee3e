import { expect, test } from "vitest";
import type { Failure, FailureKind } from "../../preload/contract/models/failure.ts";
import { counted, failureSentence, signInSentence, waitingTime } from "./strings.ts";

const message = "technical";

// A record: a new kind of failure without a sentence does not compile.
const sentences: Record<FailureKind, readonly (readonly [Partial<Failure>, RegExp])[]> = {
  offline: [[{}, /No connection/]],
  timeout: [[{}, /does not answer/]],
  unavailable: [
    [{ status: 502 }, /not available right now \(502\)/],
    [{}, /not available right now\./],
  ],
  limited: [
    [{ retryAfterMs: 39_001 }, /again in 40 s/],
    [{}, /Wait a little/],
  ],
  unauthorized: [
    [{ soft: true }, /sign in again/],
    [{}, /ended this session/],
  ],
  rejected: [
    [{ errcode: "M_FORBIDDEN" }, /does not allow/],
    [{ errcode: "M_TOO_LARGE" }, /too large/],
    [{ errcode: "M_ELSE", serverText: "Not on Sundays" }, /Not on Sundays/],
    [{}, /refused this/],
  ],
  malformed: [[{}, /not from a Matrix server.*public network/]],
  certificate: [[{}, /certificate is not valid/]],
  invalid: [[{}, /could not accept/]],
  storage: [
    [{ problem: "full" }, /disk is full/],
    [{ problem: "readonly" }, /may not write/],
    [{ problem: "damaged" }, /damaged/],
    [{ problem: "in-use" }, /already running/],
    [{ problem: "newer" }, /newer Dunlin/],
    [{}, /could not read or write/],
  ],
  aborted: [[{}, /interrupted/]],
  bug: [[{}, /Dunlin itself/]],
};
const cases = Object.entries(sentences).flatMap(([kind, rows]) =>
  rows.map(([part, words]) => [{ kind: kind as FailureKind, message, ...part }, words] as const),
);

test.each(cases)("%o has a sentence of its own, without technical words", (failure, words) => {
  const sentence = failureSentence(failure);
  expect(sentence).toMatch(words);
  expect(sentence).not.toContain(message);
  expect(sentence).toMatch(/^[A-Z].*\.$/s);
});

test("the same refusal says something else where one signs in", () => {
  const rejected = (part: Partial<Failure>): Failure => ({ kind: "rejected", message, ...part });
  expect(signInSentence(rejected({ status: 403, errcode: "M_FORBIDDEN" }))).toBe("Wrong name or password.");
  expect(signInSentence(rejected({ status: 403 }))).toBe("Wrong name or password.");
  expect(signInSentence(rejected({ status: 403, errcode: "M_USER_DEACTIVATED" }))).toMatch(/deactivated/);
  expect(signInSentence(rejected({ status: 404, errcode: "M_UNRECOGNIZED" }))).toMatch(/no Matrix server/);
  expect(signInSentence({ kind: "timeout", message })).toBe("This server does not answer.");
});

// The words of main/core/accounts/discover.ts and sign-in.ts.
const discoveries: readonly (readonly [Failure, RegExp])[] = [
  [{ kind: "offline", message: "unknown-server" }, /No server has this name/],
  [{ kind: "offline", message: "unreachable" }, /cannot be reached/],
  [{ kind: "offline", message: "ECONNRESET" }, /cannot be reached/],
  [{ kind: "malformed", message: "not-a-matrix-server", status: 404 }, /no Matrix server at this address/],
  [{ kind: "malformed", message: "not-a-matrix-server" }, /no Matrix server at this address/],
  [{ kind: "malformed", message: "not-a-matrix-server", status: 200 }, /not from a Matrix server.*public/],
  [{ kind: "malformed", message: "captive-portal", status: 511 }, /network answers instead/],
  [{ kind: "malformed", message: "unsupported-server" }, /no version of Matrix/],
  [{ kind: "malformed", message: "well-known" }, /not from a Matrix server/],
  [{ kind: "invalid", message: "not-an-address" }, /not a homeserver's address or a user ID/],
  [{ kind: "invalid", message: "another-account" }, /another account.*sign out first/],
  [{ kind: "invalid", message: "anything" }, /could not accept/],
  // Words of one kind say nothing about another, and inherited names are no words.
  [{ kind: "timeout", message: "unreachable" }, /does not answer/],
  [{ kind: "timeout", message: "constructor" }, /does not answer/],
];
test.each(discoveries)("looking for a server: %o", (failure, words) => {
  const sentence = signInSentence(failure);
  expect(sentence).toMatch(words);
  expect(sentence).toMatch(/^[A-Z].*\.$/s);
});

test("times are rounded up and numbers are grouped", () => {
  expect(waitingTime(0)).toBe("1 s");
  expect(waitingTime(1_001)).toBe("2 s");
  expect(waitingTime(121_000)).toBe("3 min");
  expect(counted(1, "room", "rooms")).toBe("1 room");
  expect(counted(10_000, "room", "rooms")).toBe("10,000 rooms");
});
