import { expect, test } from "vitest";
import type { CallId, UserId } from "../../../preload/contract/ids.ts";
import { GIVEN_UP_PATIENCE_MS } from "./limits.ts";
import { step } from "./machine.ts";
import { noCalls, type CallInput, type CallStep, type Received, type RoomCalls } from "./state.ts";

// matrix-js-sdk hangs up the greater call of two that crossed, which is ours here, also while it is preparing its own.
// It is one call for both people nevertheless (GLAR-01, GLAR-09).

const [ANN, BEN] = ["@ann:x", "@ben:x"] as readonly string[] as readonly [UserId, UserId];
const [THEIRS, OURS] = ["call-a", "call-b"] as readonly string[] as readonly [CallId, CallId];
const sdp = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n";
const room = { block: null, canSpeak: true, isPublic: false, gone: [] };

/** Ann's machine, whose invite is on the wire. */
function inviting() {
  let calls: RoomCalls = noCalls;
  const steps: CallStep[] = [];
  const machine = {
    now: 0,
    get calls() {
      return calls;
    },
    get did() {
      return steps.flatMap((one) => (one.type === "media" ? [one.step.do] : []));
    },
    take(...inputs: CallInput[]) {
      for (const input of inputs) {
        const context = {
          now: machine.now,
          ownUserId: ANN,
          iceServers: [],
          isRelayOnly: false,
          partyId: "ours",
        };
        const next = step(calls, input, context);
        calls = next.calls;
        steps.push(...next.steps);
      }
      return machine;
    },
  };
  return machine.take(
    { type: "place", callId: OURS, peer: BEN, isVideo: false },
    { type: "report", callId: OURS, report: { kind: "offerReady", round: 1, sdp, streams: [] } },
    { type: "handedOff", callId: OURS, kind: "invite" },
  );
}

const from = { sender: BEN, partyId: "theirs", version: 1, isEcho: false } as const;
const received = (event: Received): CallInput => ({ type: "received", event });
const theirInvite = received({
  ...from,
  kind: "invite",
  callId: THEIRS,
  offer: { type: "offer", sdp },
  until: 60_000,
  invitee: ANN,
  streams: null,
  canDtmf: false,
});
const hangup = (callId: CallId, reason: string | null) =>
  received({ ...from, kind: "hangup", callId, reason });
const settled: CallInput = { type: "settled", room };

test("their invite and their hanging up of ours come in one response: theirs is answered for the user", () => {
  const ann = inviting().take(theirInvite, hangup(OURS, "replaced"), settled);
  expect(ann.calls.active).toMatchObject({ callId: THEIRS, state: "answering", isAuto: true });
  expect(ann.calls.ringing).toEqual([]);
  expect(ann.calls.ended).toEqual([]);
  expect(ann.did).toContain("handOver");
});

test("ours is hung up for an invite of theirs that is not there yet: it is waited for and answered", () => {
  const ann = inviting().take(hangup(OURS, "replaced"), settled);
  expect(ann.calls.active).toMatchObject({ callId: OURS, state: "inviting" });
  ann.take(theirInvite, settled);
  expect(ann.calls.active).toMatchObject({ callId: THEIRS, state: "answering", isAuto: true });
  expect(ann.calls.ringing).toEqual([]);
});

test("ours is hung up for an invite of theirs that never comes: it ends as declined, a moment later", () => {
  const ann = inviting().take(hangup(OURS, "replaced"), settled);
  ann.now = GIVEN_UP_PATIENCE_MS;
  ann.take({ type: "tick", room });
  expect(ann.calls.active).toBeNull();
  expect(ann.calls.ended.at(-1)?.reason).toEqual({ code: "declined", by: "there" });
});

test("their invite is taken back in the same response in which ours was hung up: ours ends, nothing rings", () => {
  const ann = inviting().take(theirInvite, hangup(OURS, null), hangup(THEIRS, null), settled);
  ann.now = GIVEN_UP_PATIENCE_MS;
  ann.take({ type: "tick", room });
  expect(ann.calls).toMatchObject({ active: null, ringing: [], fresh: [] });
});

test("ours is hung up and nothing of theirs is there: it ends at once", () => {
  const ann = inviting().take(hangup(OURS, "user_hangup"), settled);
  expect(ann.calls.active).toBeNull();
});
