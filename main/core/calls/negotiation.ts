import type { SessionDescription } from "../../../preload/contract/models/call.ts";
import type { LinkedCall } from "./state.ts";
import { gatheredAnew, type Turn } from "./turn.ts";

/**
 * A description from the other side after the first ones (spec: m.call.negotiate), as WebRTC's perfect negotiation
 * wants it: when offers cross, the polite side takes its own back and the impolite one overhears theirs.
 */
export function takeNegotiate(
  turn: Turn,
  call: LinkedCall,
  remote: LinkedCall["remote"],
  description: SessionDescription,
): void {
  if (description.type === "answer") return takeAnswer(turn, call, remote, description);
  const isCrossing = call.talks.state === "making" || call.talks.state === "offered";
  if (isCrossing && !call.isPolite) return;
  const { callId } = call;
  if (isCrossing) turn.media({ do: "rollback", callId });
  const round = call.round + 1;
  turn.media({ do: "makeAnswer", callId, round, offer: description });
  turn.set({
    active: {
      ...call,
      remote,
      round,
      talks: { state: "answering", round },
      // What we wanted to offer is still wanted.
      wanted: call.wanted ?? (isCrossing ? "renegotiation" : null),
      gathered: gatheredAnew(call, false),
    },
  });
}

function takeAnswer(
  turn: Turn,
  call: LinkedCall,
  remote: LinkedCall["remote"],
  answer: SessionDescription,
): void {
  const { talks, callId } = call;
  if (talks.state !== "offered") return;
  turn.media({ do: "acceptAnswer", callId, round: talks.round, answer });
  turn.set({ active: { ...call, remote, talks: { state: "stable" } } });
  turn.negotiate();
}
