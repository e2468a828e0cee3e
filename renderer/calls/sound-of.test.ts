import { expect, test } from "vitest";
import type { CallId, RoomId, UserId } from "../../preload/contract/ids.ts";
import type { CallView, EndReason } from "../../preload/contract/models/call.ts";
import { soundOf, type Heard } from "./sound-of.ts";

const base = {
  id: "one" as CallId,
  callId: "one" as CallId,
  roomId: "!r" as RoomId,
  peer: { userId: "@ben:x" as UserId, name: "Ben", isAmbiguous: false, avatar: null, isOwn: false },
  direction: "outgoing",
  isVideo: false,
  since: 0,
  local: { microphone: true, camera: false, screen: false, isHeld: false },
} as const;
const at = (state: "preparing" | "inviting" | "connecting" | "connected"): CallView =>
  ({
    ...base,
    state,
    until: 0,
    connectedAt: 0,
    remote: null,
    link: null,
    problem: null,
  }) as unknown as CallView;
const ended = (reason: EndReason): CallView => ({ ...base, state: "ended", reason, durationMs: null });

/** What is heard through these states, one after the other. */
function heard(...states: readonly (CallView | "rings" | "quiet" | null)[]): string[] {
  let before: Heard = { id: null, state: null };
  return states.map((state) => {
    const isWord = typeof state === "string";
    const { sound, heard: now } = soundOf(
      { current: isWord ? null : state, isRinging: isWord, isQuiet: state === "quiet" },
      before,
    );
    before = now;
    return sound;
  });
}

test("a call of ours: silence, the line, connected once, and its end", () => {
  const over = ended({ code: "hung-up", by: "there" });
  expect(
    heard(
      at("preparing"),
      at("inviting"),
      at("connecting"),
      at("connected"),
      at("connected"),
      over,
      over,
      null,
    ),
  ).toEqual(["silence", "outgoing", "silence", "connected", "as-before", "ended", "as-before", "as-before"]);
});

test("theirs rings until something is done about it, and not at all under do-not-disturb", () => {
  expect(heard("rings", "rings", at("connecting"))).toEqual(["incoming", "incoming", "silence"]);
  expect(heard("quiet", null)).toEqual(["silence", "silence"]);
});

test("a no of the other side sounds like one; ours does not", () => {
  expect(heard(at("inviting"), ended({ code: "busy" }))[1]).toBe("busy");
  expect(heard(at("inviting"), ended({ code: "declined", by: "there" }))[1]).toBe("busy");
  expect(heard(at("inviting"), ended({ code: "hung-up", by: "here" }))[1]).toBe("ended");
});

test("a call that only rang ends in silence", () => {
  expect(heard("rings", ended({ code: "missed" }))).toEqual(["incoming", "silence"]);
});

test("both call each other: the line goes silent and it is connected, no ring between", () => {
  expect(heard(at("preparing"), at("inviting"), at("connecting"), at("connected"))).not.toContain("incoming");
});
