import { expect, test } from "vitest";
import type { CallId, RoomId, UserId } from "../../preload/contract/ids.ts";
import type { CallView } from "../../preload/contract/models/call.ts";
import { unknownQuality, type Quality } from "./quality.ts";
import { noticeOf, statusOf } from "./status.ts";

type Connected = CallView & { state: "connected" };
const connected: Connected = {
  state: "connected",
  id: "c" as CallId,
  callId: "c" as CallId,
  roomId: "!r" as RoomId,
  peer: { userId: "@ben:x" as UserId, name: "Ben", isAmbiguous: false, avatar: null, isOwn: false },
  direction: "outgoing",
  isVideo: false,
  since: 0,
  connectedAt: 10_000,
  local: { microphone: true, camera: false, screen: false, isHeld: false },
  remote: { streams: null, isHolding: false, canDtmf: true },
  link: { state: "good" },
  problem: null,
};
const away: Connected = { ...connected, link: { state: "reconnecting", since: 20_000, until: 50_000 } };
const poor: Quality = { ...unknownQuality, level: "poor" };
const deaf: Quality = { ...unknownQuality, level: "good", trouble: "not-hearing" };

test("the timer counts from the first sound, and a short loss of the line is not mentioned", () => {
  expect(statusOf(connected, 75_000)).toBe("1:05");
  expect(statusOf(away, 21_900)).toBe("0:11");
  expect(statusOf(away, 22_000)).toBe("Reconnecting…");
  expect(statusOf({ ...connected, local: { ...connected.local, isHeld: true } }, 75_000)).toBe("On hold");
});

test("why it ended is a sentence", () => {
  const { link: _l, problem: _p, remote: _r, local: _o, connectedAt: _c, ...base } = connected;
  const ended = (reason: (CallView & { state: "ended" })["reason"]): string =>
    statusOf({ ...base, state: "ended", reason, durationMs: null }, 0);
  expect(ended({ code: "declined", by: "there" })).toBe("Ben declined the call.");
  expect(ended({ code: "media-failed", by: "here", why: "missing" })).toMatch(/No microphone was found/);
  expect(ended({ code: "not-sent", failure: { kind: "offline", message: "technical" } })).toBe(
    "The call could not be placed. No connection to the server.",
  );
});

test("one notice at a time, the most pressing: what they did, what failed, what does not flow, how it sounds", () => {
  const held: Connected = { ...connected, remote: { ...connected.remote, isHolding: true } };
  const failed: Connected = { ...connected, problem: { part: "camera", why: "in-use" } };
  expect(noticeOf(held, deaf, "gone", 0)?.text).toBe("Ben has put the call on hold.");
  expect(noticeOf(failed, deaf, "gone", 0)?.text).toMatch(/camera is used by another program/);
  expect(noticeOf(connected, deaf, "gone", 0)?.text).toMatch(/unplugged.*Nobody can hear you/);
  expect(noticeOf(connected, deaf, null, 0)).toEqual({
    tone: "warning",
    text: "No sound arrives from Ben.",
  });
  expect(noticeOf(connected, poor, "replaced", 0)?.text).toMatch(/Another one is used/);
  expect(noticeOf(connected, poor, null, 0)?.text).toBe("The connection is poor.");
  expect(noticeOf(connected, unknownQuality, null, 0)).toBeNull();
});

test("while the line is being taken up again, nothing else is said about it", () => {
  expect(noticeOf(away, deaf, null, 30_000)).toBeNull();
});
