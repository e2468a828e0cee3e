import { HANGUP_SENDABLE_MS, MAX_RINGING, RING_AT_LEAST_MS, SECOND_RING_AFTER_MS } from "./limits.ts";
import type { ActiveCall, Invite, RoomFacts } from "./state.ts";
import type { Turn } from "./turn.ts";

// The moment a sync response is wholly taken in: who left, and what the invites in it mean now (VOIP-23). Whatever took
// an invite back, answered or declined it has been heard already.

export function takeSettled(turn: Turn, room: RoomFacts): void {
  checkPeople(turn, room);
  judgeInvites(turn, room);
}

function checkPeople(turn: Turn, room: RoomFacts): void {
  for (const { invite } of turn.calls.ringing) {
    const isGone = room.gone.includes(invite.sender);
    if (isGone || !room.canSpeak)
      turn.endRinging(invite.callId, isGone ? { code: "missed" } : { code: "left" });
  }
  const call = turn.active;
  if (call === null) return;
  // Leaving is a hangup (spec: Behaviour on Room Leave); nobody is left to be told.
  if (room.gone.includes(call.peer) || !room.canSpeak) return turn.end({ code: "left" }, null);
  // A third person while we are calling: not one call event more (VOIP-03).
  const isCalling = call.state === "preparing" || call.state === "inviting";
  if (isCalling && room.block === "too-many") turn.end({ code: "too-many" }, null);
}

/** Invites whose time has come; also called when that time is not a sync response. */
export function judgeInvites(turn: Turn, room: RoomFacts): void {
  for (const { invite, notBefore } of turn.calls.fresh) {
    if (notBefore !== null && notBefore > turn.now) continue;
    turn.set({ fresh: turn.calls.fresh.filter((one) => one.invite !== invite) });
    judge(turn, invite, room, notBefore !== null);
  }
}

function judge(turn: Turn, invite: Invite, room: RoomFacts, hasWaited: boolean): void {
  const { active, now } = turn;
  const left = invite.until - now;
  if (!room.canSpeak) return turn.bury(invite.callId);
  if (left <= 0) return comeTooLate(turn, invite, room);
  if (active?.peer === invite.sender && active.state === "preparing") return yieldTo(turn, active, invite);
  if (active?.peer === invite.sender && active.state === "inviting") return compare(turn, active, invite);
  // In a call with them: most likely a crossing invite that is about to be taken back.
  if (active?.peer === invite.sender && !hasWaited)
    return turn.set({
      fresh: [...turn.calls.fresh, { invite, notBefore: now + SECOND_RING_AFTER_MS }],
    });
  if (left < RING_AT_LEAST_MS) return comeTooLate(turn, invite, room);
  if (room.isPublic || turn.calls.ringing.length >= MAX_RINGING) return turn.bury(invite.callId);
  const early = turn.takeStrays(invite.callId);
  turn.set({ ringing: [...turn.calls.ringing, { invite, since: now, early }] });
}

/** The line was dead while it should have rung: who called is told all the same. */
function comeTooLate(turn: Turn, invite: Invite, room: RoomFacts): void {
  turn.bury(invite.callId);
  if (!room.isPublic && turn.active?.peer !== invite.sender) turn.steps.push({ type: "missed", invite });
}

/**
 * Sent: the lesser call id wins, by code units, the same on both sides and in every locale (GLAR-04…07). One that they
 * have hung up for theirs has lost already.
 */
function compare(turn: Turn, ours: Extract<ActiveCall, { state: "inviting" }>, theirs: Invite): void {
  if (theirs.callId === ours.callId) return;
  if (ours.givenUp !== null || theirs.callId < ours.callId) return yieldTo(turn, ours, theirs);
  turn.set({ passedOver: theirs });
}

/** Our call gives way and theirs is answered for the user, with the media that is open already (GLAR-03, GLAR-10). */
export function yieldTo(turn: Turn, ours: ActiveCall, theirs: Invite): void {
  turn.cancelSignals(ours.callId);
  if (ours.state === "inviting") {
    const until = turn.now + HANGUP_SENDABLE_MS;
    turn.signal(ours, 1, { kind: "hangup", reason: "user_hangup" }, until);
  }
  turn.bury(ours.callId);
  turn.steps.push({ type: "over", callId: ours.callId });
  turn.accept(theirs, { local: ours.local, from: ours });
}
