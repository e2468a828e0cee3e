import type { CallId } from "../../../preload/contract/ids.ts";
import type { Failure } from "../../../preload/contract/models/failure.ts";
import {
  BATCH_AFTER_INVITE_MS,
  BATCH_MS,
  CONNECT_WITHIN_MS,
  INVITE_LIFETIME_MS,
  MAX_CANDIDATES_PER_EVENT,
} from "./limits.ts";
import { yieldTo } from "./on-settled.ts";
import { isHold } from "./sdp.ts";
import type { ActiveCall, CallVersion, Gathered, Signal } from "./state.ts";
import { versionOf, type Turn } from "./turn.ts";

// What the lane says of our signals, and the candidates that follow them.

export function takeHandedOff(turn: Turn, callId: CallId, kind: Signal["kind"]): void {
  const call = turn.activeIf(callId);
  if (call === null) return;
  if (kind === "invite" && call.state === "preparing") {
    const until = turn.now + INVITE_LIFETIME_MS;
    const { isQueued: _, ...rest } = call;
    turn.set({
      active: { ...rest, state: "inviting", since: turn.now, until, isEchoed: false, givenUp: null },
    });
    release(turn, BATCH_AFTER_INVITE_MS);
  }
  if (kind === "answer" && call.state === "answering") {
    link(turn, call);
    release(turn, BATCH_MS);
    turn.tell();
    turn.negotiate();
  }
}

/** Our answer is out: from now on we are in the call, as the polite one. */
function link(turn: Turn, call: Extract<ActiveCall, { state: "answering" }>): void {
  const { invite, isMoreWanted, isAuto: _auto, isQueued: _queued, ...rest } = call;
  const { sender, partyId, version, streams, canDtmf, offer } = invite;
  turn.set({
    active: {
      ...rest,
      state: "connecting",
      since: turn.now,
      until: turn.now + CONNECT_WITHIN_MS,
      opponent: { userId: sender, partyId: version === 0 ? null : partyId, version },
      isPolite: true,
      isSelected: false,
      remote: { streams, canDtmf, isHolding: isHold(offer.sdp) },
      talks: { state: "stable" },
      round: 1,
      wanted: isMoreWanted ? "renegotiation" : null,
    },
  });
}

export function takeUnsendable(
  turn: Turn,
  callId: CallId,
  kind: Signal["kind"],
  failure: Failure | null,
): void {
  const call = turn.activeIf(callId);
  if (call === null) return;
  const theirs = turn.calls.passedOver;
  // Theirs gave way to ours, which never reached them: then it is theirs that both want (GLAR-01).
  if (kind === "invite" && theirs !== null && theirs.until > turn.now) return yieldTo(turn, call, theirs);
  // It may have arrived though its answer did not: a hangup makes sure that nobody's phone rings for nothing.
  if (kind === "invite" || kind === "answer") turn.end({ code: "not-sent", failure }, "unknown_error");
}

/** Our description is out: candidates gathered since may follow, after the first batch's time (VOIP-13). */
function release(turn: Turn, afterMs: number): void {
  const call = turn.active;
  if (call === null) return;
  const { gathered } = call;
  const isWaiting = gathered.pending.length > 0 || gathered.isComplete;
  setGathered(turn, { ...gathered, isDescribed: true, sendAt: isWaiting ? turn.now + afterMs : null });
  if (gathered.isComplete) sendCandidates(turn);
}

export function setGathered(turn: Turn, gathered: Gathered): void {
  if (turn.active !== null) turn.set({ active: { ...turn.active, gathered } });
}

/** When the next batch goes: the first after the invite waits longer, as the user waits anyway. */
export function schedule(turn: Turn, call: ActiveCall): void {
  const { gathered } = call;
  if (!gathered.isDescribed) return;
  if (gathered.isComplete) return sendCandidates(turn);
  const afterMs = call.state === "inviting" ? BATCH_AFTER_INVITE_MS : BATCH_MS;
  if (gathered.pending.length > 0 && gathered.sendAt === null)
    setGathered(turn, { ...gathered, sendAt: turn.now + afterMs });
}

/** Everything gathered so far, and that there is no more where that is so (spec: End-of-candidates). */
export function sendCandidates(turn: Turn): void {
  const call = turn.active;
  if (call === null) return;
  const { pending, isComplete, isEndSaid } = call.gathered;
  const candidates = [...pending, ...(isComplete && !isEndSaid ? [{ candidate: "" }] : [])];
  const version: CallVersion = versionOf(call);
  for (let from = 0; from < candidates.length; from += MAX_CANDIDATES_PER_EVENT)
    turn.signal(call, version, {
      kind: "candidates",
      candidates: candidates.slice(from, from + MAX_CANDIDATES_PER_EVENT),
    });
  setGathered(turn, {
    ...call.gathered,
    pending: [],
    sendAt: null,
    isEndSaid: isEndSaid || isComplete,
  });
}
