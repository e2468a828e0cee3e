import type { CallId } from "../../../preload/contract/ids.ts";
import type { EndReason, LocalMedia } from "../../../preload/contract/models/call.ts";
import { HANGUP_SENDABLE_MS, MAX_OVER, SECOND_RING_AFTER_MS, SIGNAL_SENDABLE_MS } from "./limits.ts";
import { offersVideo } from "./sdp.ts";
import type {
  ActiveCall,
  CallContext,
  CallStep,
  CallVersion,
  Early,
  EndedCall,
  Gathered,
  HangupReason,
  Invite,
  LinkedCall,
  MediaStep,
  RingingCall,
  RoomCalls,
  SaidMedia,
  Signal,
} from "./state.ts";

/** One step of the machine while it is being taken: the state so far, and what is to be done. */
export class Turn {
  calls: RoomCalls;
  readonly steps: CallStep[] = [];
  readonly context: CallContext;

  constructor(calls: RoomCalls, context: CallContext) {
    this.calls = calls;
    this.context = context;
  }

  get now(): number {
    return this.context.now;
  }

  get active(): ActiveCall | null {
    return this.calls.active;
  }

  set(part: Partial<RoomCalls>): void {
    this.calls = { ...this.calls, ...part };
  }

  /** The call the user is in, if it is this one. */
  activeIf(callId: CallId): ActiveCall | null {
    return this.active?.callId === callId ? this.active : null;
  }

  media(step: MediaStep): void {
    this.steps.push({ type: "media", step });
  }

  signal(
    call: { readonly callId: CallId; readonly partyId: string },
    version: CallVersion,
    signal: Signal,
    expiresAt = this.now + SIGNAL_SENDABLE_MS,
  ): void {
    const { callId, partyId } = call;
    this.steps.push({ type: "signal", outgoing: { callId, partyId, version, expiresAt, signal } });
  }

  cancelSignals(callId: CallId): void {
    this.steps.push({ type: "cancelSignals", callId });
  }

  isOver(callId: CallId): boolean {
    return this.calls.over.includes(callId);
  }

  /** Nothing about this call matters any more. */
  bury(callId: CallId): void {
    const { over, fresh, passedOver, strays } = this.calls;
    this.set({
      over: [...over.filter((id) => id !== callId), callId].slice(-MAX_OVER),
      fresh: fresh.filter(({ invite }) => invite.callId !== callId),
      passedOver: passedOver?.callId === callId ? null : passedOver,
      strays: strays.filter((stray) => stray.callId !== callId),
    });
  }

  /** Ends the active call; `say` is what the other side is told, null: nothing. What waits in the lane leaves it. */
  end(reason: EndReason, say: HangupReason | null): void {
    const call = this.active;
    if (call === null) return;
    this.cancelSignals(call.callId);
    this.media({ do: "close", callId: call.callId });
    if (say !== null) this.#sayEnd(call, say);
    this.set({ active: null });
    this.bury(call.callId);
    this.#show(call, reason, call.state === "connected" ? this.now - call.connectedAt : null);
    this.steps.push({ type: "over", callId: call.callId });
    // Theirs gave way to ours: now that ours is over without an answer it is a call like any other, unless they have
    // given it up for ours already, of which we hear in a moment.
    const { passedOver, fresh } = this.calls;
    if (passedOver !== null)
      this.set({
        passedOver: null,
        fresh: [...fresh, { invite: passedOver, notBefore: this.now + SECOND_RING_AFTER_MS }],
      });
  }

  #sayEnd(call: ActiveCall, reason: HangupReason): void {
    if (call.state === "preparing") return;
    const until = this.now + HANGUP_SENDABLE_MS;
    if (call.state !== "answering") this.signal(call, versionOf(call), { kind: "hangup", reason }, until);
    else if (reason === "user_hangup") this.refuse(call.invite, call.partyId);
    else this.signal(call, call.invite.version, { kind: "hangup", reason }, call.invite.until);
  }

  /** Declines on all our devices and to the caller; version 0 knows only the hangup (VOIP-19). */
  refuse(invite: Invite, partyId: string): void {
    const signal: Signal =
      invite.version === 0 ? { kind: "hangup", reason: "user_hangup" } : { kind: "reject" };
    this.signal({ callId: invite.callId, partyId }, invite.version, signal, invite.until);
  }

  endRinging(callId: CallId, reason: EndReason): void {
    const call = this.calls.ringing.find(({ invite }) => invite.callId === callId);
    this.set({ ringing: this.calls.ringing.filter((other) => other !== call) });
    this.bury(callId);
    if (call !== undefined) this.#show(shownOf(call), reason, null);
  }

  #show(
    call: Omit<EndedCall, "reason" | "durationMs" | "since">,
    reason: EndReason,
    durationMs: number | null,
  ) {
    const { id, callId, peer, direction, isVideo } = call;
    const ended = { id, callId, peer, direction, isVideo, since: this.now, reason, durationMs };
    this.set({ ended: [...this.calls.ended, ended] });
  }

  /** Says yes to an invite: in `from` the media of our own call is handed over (GLAR-03, GLAR-05, GLAR-10). */
  accept(invite: Invite, how: { local: LocalMedia; from: ActiveCall | null }): void {
    const { callId } = invite;
    const { from, local } = how;
    const { iceServers, isRelayOnly, partyId } = this.context;
    const ringing = this.calls.ringing.find((call) => call.invite.callId === callId);
    const early = ringing?.early ?? this.takeStrays(callId);
    this.set({ ringing: this.calls.ringing.filter((call) => call !== ringing) });
    if (from === null) this.media({ do: "open", callId, local, iceServers, isRelayOnly });
    else this.media({ do: "handOver", callId, from: from.callId, local, iceServers, isRelayOnly });
    this.media({ do: "makeAnswer", callId, round: 1, offer: invite.offer });
    this.addEarly(callId, early, invite.sender, invite.partyId);
    this.set({
      active: {
        state: "answering",
        id: from?.id ?? callId,
        callId,
        partyId,
        peer: invite.sender,
        direction: from?.direction ?? "incoming",
        isVideo: local.camera || offersVideo(invite.offer.sdp) || from?.isVideo === true,
        since: this.now,
        local,
        told: null,
        streams: [],
        gathered: nothingGathered,
        early: [],
        invite,
        isAuto: from !== null,
        isQueued: false,
        isMoreWanted: false,
      },
    });
  }

  takeStrays(callId: CallId): readonly Early[] {
    const { strays } = this.calls;
    this.set({ strays: strays.filter((stray) => stray.callId !== callId) });
    return strays.filter((stray) => stray.callId === callId);
  }

  addEarly(callId: CallId, early: readonly Early[], sender: string, partyId: string | null): void {
    const candidates = early
      .filter((one) => one.sender === sender && isParty(one.partyId, partyId))
      .flatMap((one) => one.candidates);
    if (candidates.length > 0) this.media({ do: "addCandidates", callId, candidates });
  }

  /** Tells what is muted, held or shared, when they do not know it yet and speak of such things. */
  tell(): void {
    const call = this.active;
    if (call === null || !isLinked(call) || call.told === null || call.opponent.version === 0) return;
    if (JSON.stringify(call.told) === JSON.stringify(call.local)) return;
    this.set({ active: { ...call, told: call.local } });
    this.signal(call, 1, { kind: "metadata", media: saidOf(call) });
  }

  /** Begins what is wanted to be negotiated, when nothing else is. */
  negotiate(): void {
    const call = this.active;
    if (call === null || !isLinked(call) || call.wanted === null || call.talks.state !== "stable") return;
    // Version 0 has no word for it.
    if (call.opponent.version === 0) return this.set({ active: { ...call, wanted: null } });
    const round = call.round + 1;
    this.media({ do: "makeOffer", callId: call.callId, round, isIceRestart: call.wanted === "restart" });
    this.set({
      active: {
        ...call,
        round,
        wanted: null,
        talks: { state: "making", round },
        gathered: gatheredAnew(call, call.wanted === "restart"),
      },
    });
  }
}

/**
 * A new description begins a new gathering. Found candidates that wait for their batch still belong to the old one and
 * are not said again, so they stay; only an ICE restart makes them worthless.
 */
export const gatheredAnew = ({ gathered }: LinkedCall, isRestart: boolean): Gathered =>
  isRestart
    ? { ...nothingGathered, isDescribed: true }
    : { ...gathered, isComplete: false, isEndSaid: false, isDescribed: true };

export const nothingGathered: Gathered = {
  pending: [],
  isComplete: false,
  isEndSaid: false,
  sendAt: null,
  isDescribed: false,
};

export const isLinked = (call: ActiveCall): call is LinkedCall =>
  call.state === "connecting" || call.state === "connected";

/** Version 0 peers have no party; then the user is enough. */
export const isParty = (said: string | null, known: string | null): boolean =>
  said === null || known === null || said === known;

export const versionOf = (call: ActiveCall): CallVersion =>
  isLinked(call) ? call.opponent.version : call.state === "answering" ? call.invite.version : 1;

export const saidOf = (call: ActiveCall): SaidMedia => ({ streams: call.streams, local: call.local });

const shownOf = ({ invite }: RingingCall) => ({
  id: invite.callId,
  callId: invite.callId,
  peer: invite.sender,
  direction: "incoming" as const,
  isVideo: offersVideo(invite.offer.sdp),
});
