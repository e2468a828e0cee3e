import type { CallId } from "../../../preload/contract/ids.ts";
import type { MediaReport } from "../../../preload/contract/models/call.ts";
import {
  INVITE_LIFETIME_MS,
  INVITE_SENDABLE_MS,
  NEGOTIATE_LIFETIME_MS,
  RECONNECT_WITHIN_MS,
  RESTART_AFTER_MS,
  RESTART_POLITE_AFTER_MS,
} from "./limits.ts";
import { schedule, setGathered } from "./on-sent.ts";
import type { ActiveCall, LinkedCall } from "./state.ts";
import { isLinked, saidOf, type Turn } from "./turn.ts";

// What the driver tells of its connections. Reports of calls that are not active any more change nothing.

export function takeReport(turn: Turn, callId: CallId, report: MediaReport): void {
  const call = turn.activeIf(callId);
  if (call === null) return;
  switch (report.kind) {
    case "offerReady":
      return takeOffer(turn, call, report);
    case "answerReady":
      return takeAnswer(turn, call, report);
    case "candidates": {
      const { gathered } = call;
      const pending = [...gathered.pending, ...report.candidates.filter(({ candidate }) => candidate !== "")];
      setGathered(turn, { ...gathered, pending, isComplete: gathered.isComplete || report.isComplete });
      return turn.active === null ? undefined : schedule(turn, turn.active);
    }
    case "connection":
      return isLinked(call) ? takeConnection(turn, call, report.state) : undefined;
    case "negotiationNeeded":
      return takeNegotiationNeeded(turn, call);
    case "mediaFailed":
      return takeMediaFailed(turn, call, report);
    case "screenEnded":
      turn.set({ active: { ...call, local: { ...call.local, screen: false } } });
      return turn.tell();
    case "descriptionFailed":
      return takeDescriptionFailed(turn, call, report.round);
  }
}

type Described = Extract<MediaReport, { kind: "offerReady" | "answerReady" }>;

function takeOffer(turn: Turn, call: ActiveCall, { round, sdp, streams }: Described): void {
  if (call.state === "preparing") {
    if (call.isQueued || round !== 1) return;
    const next = { ...call, streams, isQueued: true, told: call.local };
    turn.set({ active: next });
    turn.signal(
      next,
      1,
      { kind: "invite", sdp, lifetimeMs: INVITE_LIFETIME_MS, invitee: call.peer, media: saidOf(next) },
      turn.now + INVITE_SENDABLE_MS,
    );
    return;
  }
  if (!isLinked(call) || call.talks.state !== "making" || call.talks.round !== round) return;
  const until = turn.now + NEGOTIATE_LIFETIME_MS;
  const next = { ...call, streams, told: call.local, talks: { state: "offered", round, until } as const };
  turn.set({ active: next });
  sayDescription(turn, next, "offer", sdp);
}

function takeAnswer(turn: Turn, call: ActiveCall, { round, sdp, streams }: Described): void {
  if (call.state === "answering") {
    if (call.isQueued || round !== 1) return;
    const next = { ...call, streams, isQueued: true, told: call.local };
    turn.set({ active: next });
    const signal = { kind: "answer", sdp, media: saidOf(next) } as const;
    return turn.signal(next, call.invite.version, signal, call.invite.until);
  }
  if (!isLinked(call) || call.talks.state !== "answering" || call.talks.round !== round) return;
  const next = { ...call, streams, told: call.local, talks: { state: "stable" } as const };
  turn.set({ active: next });
  sayDescription(turn, next, "answer", sdp);
  turn.negotiate();
}

function sayDescription(turn: Turn, call: LinkedCall, type: "offer" | "answer", sdp: string): void {
  turn.signal(call, call.opponent.version, {
    kind: "negotiate",
    description: { type, sdp },
    lifetimeMs: NEGOTIATE_LIFETIME_MS,
    media: saidOf(call),
  });
}

/** The browser says it once only: while our answer waits in the lane it is kept for the moment that one is out. */
function takeNegotiationNeeded(turn: Turn, call: ActiveCall): void {
  if (call.state === "answering") return turn.set({ active: { ...call, isMoreWanted: true } });
  if (!isLinked(call)) return;
  turn.set({ active: { ...call, wanted: call.wanted ?? "renegotiation" } });
  turn.negotiate();
}

function takeConnection(
  turn: Turn,
  call: LinkedCall,
  state: Extract<MediaReport, { kind: "connection" }>["state"],
): void {
  const { now } = turn;
  if (state === "connected") {
    if (call.state === "connected") return turn.set({ active: { ...call, link: { state: "good" } } });
    const { until: _, ...rest } = call;
    const link = { state: "good" } as const;
    return turn.set({
      active: { ...rest, state: "connected", since: now, connectedAt: now, link, problem: null },
    });
  }
  if (call.state === "connecting")
    return state === "failed" ? turn.end({ code: "no-connection" }, "ice_failed") : undefined;
  if (state === "connecting") return;
  const waitMs = call.isPolite ? RESTART_POLITE_AFTER_MS : RESTART_AFTER_MS;
  const link = call.link.state === "reconnecting" ? call.link : null;
  // "failed" comes to rest by itself: without a restart nothing gets better.
  const restartAt = state === "failed" ? now : link === null ? now + waitMs : link.restartAt;
  const since = link?.since ?? now;
  turn.set({
    active: {
      ...call,
      link: { state: "reconnecting", since, until: since + RECONNECT_WITHIN_MS, restartAt },
    },
  });
}

function takeMediaFailed(
  turn: Turn,
  call: ActiveCall,
  { part, why }: Extract<MediaReport, { kind: "mediaFailed" }>,
): void {
  const isBegun = isLinked(call) || (call.state !== "inviting" && call.isQueued) || call.state === "inviting";
  // Without a voice there is no call: nothing was said yet, so nothing need be taken back (VOIP-26).
  if (part === "microphone" && !isBegun)
    return turn.end({ code: "media-failed", by: "here", why }, "user_media_failed");
  const local = { ...call.local, [part]: false };
  const problem = call.state === "connected" ? { problem: { part, why } } : {};
  turn.set({ active: { ...call, local, ...problem } });
  turn.tell();
}

/** The first descriptions are the call; a later one that fails leaves it as it was. */
function takeDescriptionFailed(turn: Turn, call: ActiveCall, round: number): void {
  if (!isLinked(call) || round === 1) return turn.end({ code: "failed" }, "unknown_error");
  if (call.talks.state === "stable" || call.talks.round !== round) return;
  if (call.talks.state === "offered") turn.media({ do: "rollback", callId: call.callId });
  turn.set({ active: { ...call, talks: { state: "stable" } } });
}
