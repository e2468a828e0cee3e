import { SHOW_ENDED_MS } from "./limits.ts";
import { judgeInvites } from "./on-settled.ts";
import { sendCandidates } from "./on-sent.ts";
import type { ActiveCall, RoomCalls, RoomFacts } from "./state.ts";
import type { Turn } from "./turn.ts";

// What time alone brings about.

/** When the machine wants a `tick`, on the monotonic clock; null: it waits for nothing. Pure. */
export function deadlineOf(calls: RoomCalls): number | null {
  const { active, ringing, ended, fresh } = calls;
  const times = [
    ...ringing.map(({ invite }) => invite.until),
    ...ended.map(({ since }) => since + SHOW_ENDED_MS),
    ...fresh.map(({ notBefore }) => notBefore),
    ...(active === null ? [] : activeDeadlines(active)),
  ].filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
}

function activeDeadlines(call: ActiveCall): readonly (number | null)[] {
  const batch = call.gathered.sendAt;
  switch (call.state) {
    case "preparing":
      return [];
    case "inviting":
    case "connecting":
      return [batch, call.until, call.state === "connecting" ? talksUntil(call) : null];
    case "answering":
      return [call.invite.until];
    case "connected": {
      const { link } = call;
      const lost = link.state === "reconnecting" ? [link.until, link.restartAt] : [];
      return [batch, talksUntil(call), ...lost];
    }
  }
}

const talksUntil = (call: Extract<ActiveCall, { state: "connecting" | "connected" }>): number | null =>
  call.talks.state === "offered" ? call.talks.until : null;

export function takeTick(turn: Turn, room: RoomFacts): void {
  const { now } = turn;
  turn.set({ ended: turn.calls.ended.filter(({ since }) => since + SHOW_ENDED_MS > now) });
  for (const { invite } of turn.calls.ringing)
    if (invite.until <= now) turn.endRinging(invite.callId, { code: "missed" });
  if (turn.active !== null) tickActive(turn, turn.active);
  // Those of a sync response still wait for its end.
  const waiting = turn.calls.fresh.filter(({ notBefore }) => notBefore === null);
  turn.set({ fresh: turn.calls.fresh.filter(({ notBefore }) => notBefore !== null) });
  judgeInvites(turn, room);
  turn.set({ fresh: [...turn.calls.fresh, ...waiting] });
}

function tickActive(turn: Turn, call: ActiveCall): void {
  const { now } = turn;
  const isDue = (time: number | null): boolean => time !== null && time <= now;
  if (isDue(call.gathered.sendAt)) sendCandidates(turn);
  switch (call.state) {
    case "preparing":
      return;
    case "inviting":
      // Also on our side it stops being shown as waiting (VOIP-08).
      if (!isDue(call.until)) return;
      if (call.givenUp !== null) return turn.end(call.givenUp, null);
      return turn.end({ code: "unanswered" }, "invite_timeout");
    case "answering":
      return isDue(call.invite.until)
        ? turn.end({ code: "not-sent", failure: null }, "unknown_error")
        : undefined;
    case "connecting":
      return isDue(call.until) ? turn.end({ code: "no-connection" }, "ice_failed") : undefined;
    case "connected":
      return tickConnected(turn);
  }
}

function tickConnected(turn: Turn): void {
  const { now } = turn;
  const call = turn.active;
  if (call?.state !== "connected") return;
  const { talks, link } = call;
  if (link.state === "reconnecting" && link.until <= now)
    return turn.end({ code: "connection-lost" }, "ice_timeout");
  if (talks.state === "offered" && talks.until <= now) {
    turn.media({ do: "rollback", callId: call.callId });
    turn.set({ active: { ...call, talks: { state: "stable" } } });
  }
  if (link.state === "reconnecting" && link.restartAt !== null && link.restartAt <= now) {
    const next = turn.active;
    if (next?.state !== "connected") return;
    turn.set({ active: { ...next, wanted: "restart", link: { ...link, restartAt: null } } });
  }
  turn.negotiate();
}
