import type { CallId } from "../../../preload/contract/ids.ts";
import type { CallCandidate, EndReason } from "../../../preload/contract/models/call.ts";
import { CONNECT_WITHIN_MS, GIVEN_UP_PATIENCE_MS, MAX_EARLY, MAX_FRESH } from "./limits.ts";
import { takeNegotiate } from "./negotiation.ts";
import { isHold } from "./sdp.ts";
import type { ActiveCall, Early, Invite, LinkedCall, Received, RingingCall } from "./state.ts";
import { isLinked, isParty, type Turn } from "./turn.ts";

// Call events of the room, in its order. What belongs to no call of ours, or to one that is over, changes nothing
// (VOIP-22); what takes an invite back that we have not seen yet is remembered.

export function takeReceived(turn: Turn, event: Received): void {
  const { callId } = event;
  const call = turn.activeIf(callId);
  if (event.isEcho || (call !== null && isOurs(turn, call, event))) return takeEcho(turn, event);
  if (turn.isOver(callId)) return;
  if (event.kind === "invite") return takeInvite(turn, event);
  if (event.kind === "candidates") return takeCandidates(turn, event);
  if (call !== null) return takeForActive(turn, call, event);
  const ringing = turn.calls.ringing.find(({ invite }) => invite.callId === callId);
  if (ringing !== undefined) return takeForRinging(turn, ringing, event);
  takeForUnknown(turn, event);
}

/** Our own party's words coming back; not all events of our user are ours (VOIP-24). */
const isOurs = (turn: Turn, call: ActiveCall, event: Received): boolean =>
  event.sender === turn.context.ownUserId && event.partyId === call.partyId;

function takeEcho(turn: Turn, event: Received): void {
  const call = turn.activeIf(event.callId);
  if (call === null) return;
  if (event.kind === "invite" && call.state === "inviting") turn.set({ active: { ...call, isEchoed: true } });
  // Version 0 knows no select_answer: the first answer in the room's order counts, and this is ours.
  if (event.kind === "answer" && isLinked(call) && call.opponent.version === 0)
    turn.set({ active: { ...call, isSelected: true } });
}

function takeInvite(turn: Turn, invite: Invite): void {
  const { ownUserId } = turn.context;
  const { callId, sender, invitee } = invite;
  const { fresh, ringing, passedOver } = turn.calls;
  const isForUs = sender !== ownUserId && (invitee === null || invitee === ownUserId);
  if (!isForUs) return turn.bury(callId);
  const isKnown =
    turn.activeIf(callId) !== null ||
    passedOver?.callId === callId ||
    [...fresh, ...ringing].some((known) => known.invite.callId === callId);
  if (isKnown) return;
  turn.set({ fresh: [...fresh, { invite, notBefore: null }].slice(-MAX_FRESH) });
}

function takeCandidates(turn: Turn, event: Extract<Received, { kind: "candidates" }>): void {
  const { callId, sender, partyId } = event;
  if (sender === turn.context.ownUserId) return;
  const early: Early = { sender, partyId, candidates: event.candidates };
  const call = turn.activeIf(callId);
  if (call !== null) return candidatesForActive(turn, call, early);
  const ringing = turn.calls.ringing.find(({ invite }) => invite.callId === callId);
  if (ringing !== undefined) {
    const kept = { ...ringing, early: keep(ringing.early, early) };
    turn.set({ ringing: turn.calls.ringing.map((other) => (other === ringing ? kept : other)) });
  } else turn.set({ strays: keep(turn.calls.strays, { ...early, callId }) });
}

function candidatesForActive(turn: Turn, call: ActiveCall, early: Early): void {
  const { callId } = call;
  const from = isLinked(call) ? call.opponent : call.state === "answering" ? call.invite : null;
  // Nobody has answered: whose candidates will count is not known yet.
  if (from === null) return turn.set({ active: { ...call, early: keep(call.early, early) } });
  const userId = "userId" in from ? from.userId : from.sender;
  turn.addEarly(callId, [early], userId, from.partyId);
}

/** As many candidates as anybody needs; the oldest go. */
function keep<T extends { readonly candidates: readonly CallCandidate[] }>(
  kept: readonly T[],
  more: T,
): readonly T[] {
  const all = [...kept, more];
  let count = all.reduce((sum, { candidates }) => sum + candidates.length, 0);
  while (count > MAX_EARLY || all.length > MAX_EARLY) count -= all.shift()?.candidates.length ?? 0;
  return all;
}

function takeForActive(turn: Turn, call: ActiveCall, event: Received): void {
  if (call.state === "inviting") return whileInviting(turn, call, event);
  if (call.state === "answering") return whileAnswering(turn, call, event);
  if (isLinked(call)) whileLinked(turn, call, event);
}

type Inviting = Extract<ActiveCall, { state: "inviting" }>;
type Answering = Extract<ActiveCall, { state: "answering" }>;

function whileInviting(turn: Turn, call: Inviting, event: Received): void {
  // Who was not called cannot take the call (VOIP-29).
  if (event.sender !== call.peer) return;
  if (event.kind === "answer") return accepted(turn, call, event);
  if (event.kind === "reject") {
    turn.end({ code: "declined", by: "there" }, null);
    // Who answered on another device learns that the word of this one counts.
    if (event.version === 1 && event.partyId !== null)
      turn.signal(call, 1, { kind: "selectAnswer", selected: event.partyId });
    return;
  }
  // Before an answer it is how version 0 says no.
  if (event.kind === "hangup") {
    const said = theirReason(event.reason);
    const reason: EndReason = said.code === "hung-up" ? { code: "declined", by: "there" } : said;
    // Which is also how matrix-js-sdk says that of two crossing calls ours is the greater: "replaced" by its own.
    const isCrossed =
      event.reason === "replaced" || waitingInvites(turn).some(({ sender }) => sender === call.peer);
    if (!isCrossed) return turn.end(reason, null);
    const until = Math.min(call.until, turn.now + GIVEN_UP_PATIENCE_MS);
    turn.set({ active: { ...call, until, givenUp: reason } });
  }
}

/** The first answer counts; the others learn it from select_answer. */
function accepted(turn: Turn, call: Inviting, event: Extract<Received, { kind: "answer" }>): void {
  const { callId } = call;
  const { sender: userId, version, answer, streams, canDtmf } = event;
  const partyId = version === 0 ? null : event.partyId;
  turn.media({ do: "acceptAnswer", callId, round: 1, answer });
  turn.addEarly(callId, call.early, userId, partyId);
  if (partyId !== null) turn.signal(call, version, { kind: "selectAnswer", selected: partyId });
  // A device that answers ours has given up its own.
  for (const invite of waitingInvites(turn))
    if (invite.sender === userId && invite.partyId === event.partyId) turn.bury(invite.callId);
  const { until: _, isEchoed: _echoed, givenUp: _givenUp, ...rest } = call;
  turn.set({
    passedOver: null,
    active: {
      ...rest,
      state: "connecting",
      since: turn.now,
      until: turn.now + CONNECT_WITHIN_MS,
      early: [],
      opponent: { userId, partyId, version },
      isPolite: false,
      isSelected: true,
      remote: { streams, canDtmf, isHolding: false },
      talks: { state: "stable" },
      round: 1,
      wanted: null,
    },
  });
  turn.tell();
}

/** We have said yes, and our answer is not on the wire yet. */
function whileAnswering(turn: Turn, call: Answering, event: Received): void {
  const isOwnUser = event.sender === turn.context.ownUserId;
  const isCaller = event.sender === call.invite.sender;
  if (isCaller && event.kind === "hangup") return turn.end(theirReason(event.reason), null);
  if (isCaller && event.kind === "selectAnswer" && event.selected !== call.partyId)
    return turn.end({ code: "answered-elsewhere" }, null);
  if (isCaller) return;
  if (event.kind === "answer") return turn.end({ code: "answered-elsewhere" }, null);
  if (isOwnUser && (event.kind === "reject" || event.kind === "hangup"))
    turn.end({ code: "declined-elsewhere" }, null);
}

function whileLinked(turn: Turn, call: LinkedCall, event: Received): void {
  if (event.sender === call.opponent.userId && isParty(event.partyId, call.opponent.partyId))
    return fromOpponent(turn, call, event);
  // Version 0: another answer stood before ours in the room, so it is that one which counts.
  if (event.kind === "answer" && call.isPolite && !call.isSelected && call.opponent.version === 0)
    turn.end({ code: "answered-elsewhere" }, null);
}

function fromOpponent(turn: Turn, call: LinkedCall, event: Received): void {
  switch (event.kind) {
    case "hangup":
      return turn.end(theirReason(event.reason), null);
    case "selectAnswer":
      if (event.selected !== call.partyId) return turn.end({ code: "answered-elsewhere" }, null);
      return turn.set({ active: { ...call, isSelected: true } });
    case "negotiate": {
      if (event.until <= turn.now) return;
      const { streams, description } = event;
      const isHolding = isHold(description.sdp) && (description.type === "offer" || !call.local.isHeld);
      const remote = { ...call.remote, isHolding, streams: streams ?? call.remote.streams };
      const isVideo = call.isVideo || remote.streams?.some(({ purpose }) => purpose === "screen") === true;
      return takeNegotiate(turn, { ...call, isVideo }, remote, description);
    }
    case "metadata":
      return turn.set({ active: { ...call, remote: { ...call.remote, streams: event.streams } } });
    default:
      return;
  }
}

function takeForRinging(turn: Turn, { invite }: RingingCall, event: Received): void {
  const reason = ringingEnd(turn, invite, event);
  if (reason !== null) turn.endRinging(event.callId, reason);
}

/** Why what rings here rings no longer, or null. */
function ringingEnd(turn: Turn, invite: Invite, event: Received): EndReason | null {
  const isOwnUser = event.sender === turn.context.ownUserId;
  const isCaller = event.sender === invite.sender;
  if (isCaller) {
    if (event.kind === "hangup") return { code: "missed" };
    return event.kind === "selectAnswer" ? { code: "answered-elsewhere" } : null;
  }
  if (event.kind === "answer") return { code: isOwnUser ? "answered-elsewhere" : "missed" };
  const isNo = event.kind === "reject" || event.kind === "hangup";
  return isOwnUser && isNo ? { code: "declined-elsewhere" } : null;
}

/** Not ours, not ringing: perhaps waiting to be judged, or not seen yet. */
function takeForUnknown(turn: Turn, event: Received): void {
  const { callId, sender, kind } = event;
  const isOwnUser = sender === turn.context.ownUserId;
  if (kind === "answer" && isOwnUser) elsewhere(turn, callId);
  const waiting = waitingInvites(turn).find((invite) => invite.callId === callId);
  if (waiting !== undefined) {
    const end = ringingEnd(turn, waiting, event);
    if (end === null) return;
    turn.bury(callId);
    // Of somebody we are speaking with, or calling ourselves, it was one of two crossing invites.
    if (end.code === "missed" && turn.active?.peer !== sender)
      turn.steps.push({ type: "missed", invite: waiting });
    return;
  }
  const isEnd = kind === "hangup" || kind === "selectAnswer" || (isOwnUser && kind === "reject");
  if (isEnd || kind === "answer") turn.bury(callId);
}

/** Seen, but neither ringing nor ours. */
const waitingInvites = ({ calls }: Turn): readonly Invite[] => [
  ...calls.fresh.map(({ invite }) => invite),
  ...(calls.passedOver === null ? [] : [calls.passedOver]),
];

/**
 * Another device of ours has answered the very person we are calling. Their call is up: ours ends, unless theirs is the
 * one that gives way: they see our invite before that answer and find its id the lesser.
 */
function elsewhere(turn: Turn, theirs: CallId): void {
  const { active } = turn.calls;
  if (active === null || (active.state !== "preparing" && active.state !== "inviting")) return;
  const invite = waitingInvites(turn).find(({ callId }) => callId === theirs);
  if (invite?.sender !== active.peer) return;
  const isOursKept = active.state === "inviting" && active.isEchoed && active.callId < theirs;
  if (!isOursKept)
    turn.end({ code: "answered-elsewhere" }, active.state === "inviting" ? "user_hangup" : null);
}

function theirReason(reason: string | null): EndReason {
  switch (reason) {
    case "ice_failed":
      return { code: "no-connection" };
    case "ice_timeout":
      return { code: "connection-lost" };
    case "user_media_failed":
      return { code: "media-failed", by: "there", why: null };
    case "user_busy":
      return { code: "busy" };
    case "unknown_error":
      return { code: "failed" };
    default:
      return { code: "hung-up", by: "there" };
  }
}
