import { expect, test } from "vitest";
import type { UserId } from "../../preload/contract/ids.ts";
import type { CallItem, CallOutcome } from "../../preload/contract/models/timeline.ts";
import { callLength, callSentence, spokenLength } from "./call-strings.ts";

test("lengths: one that is watched, and one that is read", () => {
  expect([0, 7_900, 725_000, 3_729_000].map(callLength)).toEqual(["0:00", "0:07", "12:05", "1:02:09"]);
  expect([8_000, 170_000, 3_600_000, 3_900_000].map(spokenLength)).toEqual([
    "8 s",
    "3 min",
    "1 h",
    "1 h 5 min",
  ]);
  expect(callLength(-5)).toBe("0:00");
});

const sentence = (outcome: CallOutcome, isOwn: boolean, part: Partial<CallItem> = {}): string =>
  callSentence({
    outcome,
    isVideo: false,
    durationMs: null,
    isElsewhere: false,
    sender: { userId: "@ana:x" as UserId, name: "Ana", isAmbiguous: false, avatar: null, isOwn },
    ...part,
  });

test.each<[CallOutcome, string, string]>([
  ["open", "You started a voice call", "Ana started a voice call"],
  ["ended", "Your voice call", "Voice call from Ana"],
  ["missed", "Missed voice call from You", "Missed voice call from Ana"],
  ["unanswered", "Your voice call was not answered", "Your voice call was not answered"],
  ["declined", "Your voice call was declined", "You declined a voice call from Ana"],
  ["cancelled", "You cancelled a voice call", "Ana cancelled a voice call"],
  ["failed", "Your voice call did not connect", "Voice call from Ana did not connect"],
  [
    "not-for-us",
    "You started a voice call that did not ring here",
    "Ana started a voice call that did not ring here",
  ],
])("a call that is %s", (outcome, own, theirs) => {
  expect([sentence(outcome, true), sentence(outcome, false)]).toEqual([own, theirs]);
});

test("who, how long, and where it was answered", () => {
  expect(sentence("ended", false, { isVideo: true, durationMs: 180_000, isElsewhere: true })).toBe(
    "Video call from Ana · 3 min (on another device)",
  );
});
