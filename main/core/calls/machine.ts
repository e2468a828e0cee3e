import type { CallId } from "../../../preload/contract/ids.ts";
import type { LocalMedia } from "../../../preload/contract/models/call.ts";
import { takeReceived } from "./on-received.ts";
import { takeReport } from "./on-report.ts";
import { takeHandedOff, takeUnsendable } from "./on-sent.ts";
import { takeSettled } from "./on-settled.ts";
import { takeTick } from "./on-time.ts";
import type { CallContext, CallInput, CallStep, RoomCalls } from "./state.ts";
import { nothingGathered, Turn } from "./turn.ts";

/**
 * The calls of one room as a pure function (architecture.md, section 7): what is, and what happens, give what is next
 * and what is to be done. "Sent" means handed to the wire: the lane says so with `handedOff` in the same breath, and
 * what it has not handed over `cancelSignals` takes back (glare-exploration.test.ts shows why).
 */
export function step(
  calls: RoomCalls,
  input: CallInput,
  context: CallContext,
): { readonly calls: RoomCalls; readonly steps: readonly CallStep[] } {
  const turn = new Turn(calls, context);
  take(turn, input);
  return { calls: turn.calls, steps: turn.steps };
}

function take(turn: Turn, input: CallInput): void {
  switch (input.type) {
    case "place":
      return place(turn, input);
    case "answer":
      return answer(turn, input);
    case "decline":
      return decline(turn, input.callId);
    case "hangUp":
      return hangUp(turn, input.callId);
    case "setLocal":
      return setLocal(turn, input.callId, input.local);
    case "received":
      return takeReceived(turn, input.event);
    case "settled":
      return takeSettled(turn, input.room);
    case "handedOff":
      return takeHandedOff(turn, input.callId, input.kind);
    case "unsendable":
      return takeUnsendable(turn, input.callId, input.kind, input.failure);
    case "report":
      return takeReport(turn, input.callId, input.report);
    case "driverGone":
      return turn.end({ code: "page-gone" }, "unknown_error");
    case "quit":
      return turn.end({ code: "page-gone" }, "user_hangup");
    case "iceServers": {
      const { iceServers } = turn.context;
      if (turn.active !== null) turn.media({ do: "setIceServers", callId: turn.active.callId, iceServers });
      return;
    }
    case "bury":
      return turn.bury(input.callId);
    case "tick":
      return takeTick(turn, input.room);
  }
}

const listening = (camera: boolean): LocalMedia => ({
  microphone: true,
  camera,
  screen: false,
  isHeld: false,
});

function place(turn: Turn, input: Extract<CallInput, { type: "place" }>): void {
  const { callId, isVideo, peer } = input;
  const isKnown = turn.isOver(callId) || turn.active !== null;
  if (isKnown) return;
  const theirs = turn.calls.ringing.find(({ invite }) => invite.sender === peer);
  if (theirs !== undefined) return turn.accept(theirs.invite, { local: listening(isVideo), from: null });
  const { iceServers, isRelayOnly, partyId } = turn.context;
  const local = listening(isVideo);
  turn.media({ do: "open", callId, local, iceServers, isRelayOnly });
  turn.media({ do: "makeOffer", callId, round: 1, isIceRestart: false });
  turn.set({
    active: {
      state: "preparing",
      id: callId,
      callId,
      partyId,
      peer,
      direction: "outgoing",
      isVideo,
      since: turn.now,
      local,
      told: null,
      streams: [],
      gathered: nothingGathered,
      early: [],
      isQueued: false,
    },
  });
}

function answer(turn: Turn, input: Extract<CallInput, { type: "answer" }>): void {
  const call = turn.calls.ringing.find(({ invite }) => invite.callId === input.callId);
  if (call === undefined) return;
  turn.end({ code: "hung-up", by: "here" }, "user_hangup");
  turn.accept(call.invite, { local: listening(input.isVideo), from: null });
}

function decline(turn: Turn, callId: CallId): void {
  const call = turn.calls.ringing.find(({ invite }) => invite.callId === callId);
  if (call === undefined) return;
  turn.refuse(call.invite, turn.context.partyId);
  turn.endRinging(callId, { code: "declined", by: "here" });
}

function hangUp(turn: Turn, callId: CallId): void {
  if (turn.activeIf(callId) !== null) return turn.end({ code: "hung-up", by: "here" }, "user_hangup");
  turn.set({ ended: turn.calls.ended.filter((call) => call.callId !== callId && call.id !== callId) });
}

function setLocal(turn: Turn, callId: CallId, wish: Partial<LocalMedia>): void {
  const call = turn.activeIf(callId);
  if (call === null) return;
  const local = { ...call.local, ...wish };
  if (JSON.stringify(local) === JSON.stringify(call.local)) return;
  const mended = call.state === "connected" && call.problem !== null && wish[call.problem.part] !== undefined;
  turn.set({
    active: {
      ...call,
      local,
      isVideo: call.isVideo || local.camera,
      ...(mended ? { problem: null } : {}),
    },
  });
  turn.media({ do: "setLocal", callId, local });
  turn.tell();
}
