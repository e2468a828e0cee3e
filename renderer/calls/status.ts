import type { CallView } from "../../preload/contract/models/call.ts";
import { callLength, endSentence, strings } from "../text/call-strings.ts";
import type { Quality } from "./quality.ts";

/** A connection that was away for less than this, in ms, was never away. */
const UNNOTICED = 2_000;

/** What goes on, in a few words. `now` is ms since the epoch. */
export function statusOf(call: CallView, now: number): string {
  switch (call.state) {
    case "ringing":
      return call.isVideo ? strings.videoCall : strings.voiceCall;
    case "preparing":
      return strings.preparing;
    case "inviting":
      return strings.calling;
    case "answering":
      return strings.answering;
    case "connecting":
      return strings.connecting;
    case "connected":
      if (isReconnecting(call, now)) return strings.reconnecting;
      return call.local.isHeld ? strings.onHold : callLength(now - call.connectedAt);
    case "ended":
      return endSentence(call.reason, call.peer.name);
  }
}

function isReconnecting(call: CallView & { state: "connected" }, now: number): boolean {
  return call.link.state === "reconnecting" && now - call.link.since >= UNNOTICED;
}

export interface Notice {
  readonly tone: "info" | "warning";
  readonly text: string;
}

/** What the user should know besides, the most pressing only; null when all is well. */
export function noticeOf(
  call: CallView,
  quality: Quality,
  lost: "replaced" | "gone" | null,
  now: number,
): Notice | null {
  if (call.state !== "connected") return null;
  const { name } = call.peer;
  if (call.remote.isHolding) return { tone: "info", text: strings.heldByOther(name) };
  if (call.problem !== null)
    return { tone: "warning", text: strings.capture[call.problem.part][call.problem.why] };
  if (lost === "gone") return { tone: "warning", text: strings.microphoneGone };
  if (call.local.isHeld || isReconnecting(call, now)) return null;
  if (quality.trouble !== null) return { tone: "warning", text: strings.trouble[quality.trouble](name) };
  if (lost === "replaced") return { tone: "info", text: strings.microphoneReplaced };
  if (quality.level === "poor") return { tone: "warning", text: strings.quality.poor };
  return null;
}
