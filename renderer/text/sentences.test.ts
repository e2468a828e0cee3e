import { expect, test } from "vitest";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { StateChange, UnsentReason } from "../../preload/contract/models/timeline.ts";
import { joined, redacted, sender, state } from "../timeline/testing/items.ts";
import { listNames, runSentence } from "./run-sentence.ts";
import { nameOf, oneLine, stateSentence } from "./state-sentence.ts";
import { unsentReason } from "./unsent-reason.ts";

const ana = sender("Ana");
const ben = sender("Ben");
const membership = (
  change: Extract<StateChange, { type: "membership" }>["change"],
  reason: string | null = null,
) => ({ type: "membership", change, target: ben.userId, targetName: "Ben", reason }) as const;
const profile = (nameFrom: string | null, nameTo: string | null, isAvatarChanged = false) =>
  ({ type: "profile", nameFrom, nameTo, isAvatarChanged }) as const;

// A record by type: a new kind of change without a sentence does not compile.
const sentences: Record<StateChange["type"], readonly (readonly [StateChange, string])[]> = {
  created: [[{ type: "created" }, "Ana created the room"]],
  name: [
    [{ type: "name", from: null, to: "Harbour" }, "Ana changed the name of the room to “Harbour”"],
    [{ type: "name", from: "Harbour", to: null }, "Ana removed the name of the room"],
  ],
  topic: [
    [{ type: "topic", from: null, to: "Boats\n\nand tea" }, "Ana changed the topic to “Boats and tea”"],
    [{ type: "topic", from: "Boats", to: "" }, "Ana removed the topic"],
  ],
  avatar: [
    [{ type: "avatar", isRemoved: false }, "Ana changed the picture of the room"],
    [{ type: "avatar", isRemoved: true }, "Ana removed the picture of the room"],
  ],
  membership: [
    [membership("joined"), "Ben joined"],
    [membership("left"), "Ben left"],
    [membership("invited"), "Ana invited Ben"],
    [membership("kicked", "too loud"), "Ana removed Ben: too loud"],
    [membership("banned"), "Ana banned Ben"],
    [membership("unbanned"), "Ana lifted the ban of Ben"],
    [membership("knocked"), "Ben asked to join"],
    [membership("declined"), "Ben declined the invitation"],
    [membership("withdrawn"), "Ana withdrew the invitation of Ben"],
    [membership("knock-accepted"), "Ana accepted the request of Ben to join"],
    [membership("knock-denied", "not now"), "Ana declined the request of Ben to join: not now"],
    [membership("knock-retracted"), "Ben took the request to join back"],
  ],
  profile: [
    [profile("Anna", "Ana"), "Anna is now called Ana"],
    [profile("Anna", "Ana", true), "Anna is now called Ana and changed their picture"],
    [profile("Ana", "Ana", true), "Ana changed their picture"],
    [profile(null, "Ana"), "Ana has taken the name Ana"],
    [profile("Anna", null), "Anna removed their name"],
    [profile("Anna", null, true), "Anna removed their name and changed their picture"],
    [profile("Ana", "Ana"), "Ana updated their profile"],
  ],
  "join-rules": [
    [{ type: "join-rules", rule: "invite" }, "Ana made the room open to invited people only"],
    [{ type: "join-rules", rule: "org.example.new" }, "Ana changed who may join"],
  ],
  "history-visibility": [
    [
      { type: "history-visibility", visibility: "shared" },
      "Ana made the whole history readable for all members",
    ],
    [{ type: "history-visibility", visibility: "?" }, "Ana changed who may read the history"],
  ],
  "guest-access": [
    [{ type: "guest-access", access: "can_join" }, "Ana let guests in"],
    [{ type: "guest-access", access: "forbidden" }, "Ana closed the room for guests"],
  ],
  "power-levels": [[{ type: "power-levels" }, "Ana changed who may do what in the room"]],
  encryption: [[{ type: "encryption" }, "Ana turned on encryption"]],
  "canonical-alias": [
    [{ type: "canonical-alias", alias: "#a:b.c" }, "Ana made #a:b.c the address of the room"],
    [{ type: "canonical-alias", alias: null }, "Ana removed the address of the room"],
  ],
  pinned: [
    [{ type: "pinned", change: "pinned", eventId: null }, "Ana pinned a message"],
    [{ type: "pinned", change: "unpinned", eventId: null }, "Ana unpinned a message"],
    [{ type: "pinned", change: "changed", eventId: null }, "Ana changed the pinned messages"],
  ],
  upgraded: [[{ type: "upgraded" }, "Ana moved the room to a new one"]],
  "server-acl": [[{ type: "server-acl" }, "Ana changed which servers may take part"]],
};
test.each(Object.values(sentences).flat())("%o", (change, sentence) => {
  expect(stateSentence({ sender: ana, change })).toBe(sentence);
});

test("names from outer space do not become words of ours", () => {
  const change = { type: "name", from: null, to: "constructor" } as const;
  expect(stateSentence({ sender: ana, change })).toContain("constructor");
  expect(stateSentence({ sender: ana, change: { type: "join-rules", rule: "toString" } })).toBe(
    "Ana changed who may join",
  );
});

test("oneself is You, and namesakes are told apart (DSP-08)", () => {
  expect(nameOf(sender("Ana", { isOwn: true }))).toBe("You");
  expect(nameOf(sender("Ana", { isAmbiguous: true }))).toBe("Ana (@ana:example.org)");
});

test("a topic of a thousand lines is one line of bounded length", () => {
  const line = oneLine("word\n".repeat(1000));
  expect(line).not.toContain("\n");
  expect(line.length).toBe(300);
});

test("what made a room is said by who made it", () => {
  const made = [state("1", { type: "created" }), state("2", { type: "power-levels" })];
  expect(runSentence("setup", made)).toBe("Ana created the room");
});

test("a run says who came and who went, with counts", () => {
  const left = state("5", { ...membership("left"), target: ana.userId, targetName: "Ana" });
  expect(runSentence("changes", [joined("1", "Ben"), joined("2", "Cara")])).toBe("Ben and Cara joined");
  expect(runSentence("changes", [joined("1", "Ben"), left])).toBe("Ben joined · Ana left");
  const many = ["A", "B", "C", "D", "E"].map((name, i) => joined(String(i), name));
  expect(runSentence("changes", many)).toBe("A, B, and 3 others joined");
  expect(runSentence("changes", [...many, ...many])).toBe("A, B, and 3 others joined");
  const invited = state("6", membership("invited"));
  expect(runSentence("changes", [invited, state("7", profile("x", "y"))])).toBe(
    "Ben was invited · Ana changed their profile",
  );
  expect(runSentence("redacted", [redacted("1"), redacted("2")])).toBe("2 messages deleted");
  expect(listNames(["A", "B", "C"])).toBe("A, B, and C");
});

const failure = (kind: Failure["kind"], more: Partial<Failure> = {}): Failure => ({
  kind,
  message: "technical",
  ...more,
});
const reasons: readonly [UnsentReason, RegExp][] = [
  [{ code: "gave-up", failure: failure("offline") }, /no connection for five minutes/],
  [{ code: "gave-up", failure: failure("timeout") }, /did not answer for five minutes/],
  [{ code: "gave-up", failure: failure("unavailable") }, /trouble for five minutes/],
  [{ code: "gave-up", failure: failure("limited") }, /slow down/],
  [{ code: "gave-up", failure: failure("malformed") }, /makes no sense/],
  [
    { code: "rejected", failure: failure("rejected", { errcode: "M_FORBIDDEN" }) },
    /may not write in this room/,
  ],
  [{ code: "rejected", failure: failure("rejected", { errcode: "M_TOO_LARGE" }) }, /too large/],
  [{ code: "rejected", failure: failure("rejected", { serverText: "Not\non Sundays" }) }, /“Not on Sundays”/],
  [{ code: "rejected", failure: failure("rejected") }, /refused this message\./],
  [{ code: "rejected", failure: failure("certificate") }, /prove that it is the right one/],
  [{ code: "rejected", failure: failure("unauthorized") }, /signed out/],
  [{ code: "rejected", failure: failure("storage") }, /could not store/],
  [{ code: "rejected", failure: failure("bug") }, /wrong in Dunlin/],
  [{ code: "rejected", failure: { kind: "invalid", message: "room-encrypted" } }, /room is encrypted/],
  [{ code: "behind" }, /a message before it was not/],
  [{ code: "waited-too-long" }, /more than a day/],
  [{ code: "uncertain" }, /may have arrived/],
  [{ code: "unreadable" }, /another version/],
];
test.each(reasons)("%o is said in plain words", (reason, words) => {
  expect(unsentReason(reason)).toMatch(words);
  expect(unsentReason(reason)).not.toMatch(/technical|M_/);
});
