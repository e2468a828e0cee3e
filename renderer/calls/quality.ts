import type { Flow, Sample } from "./stats.ts";

/** How the call goes, from what its packets do. Pure; the words are in text/call-strings.ts. */
export interface Quality {
  readonly level: "unknown" | "good" | "fair" | "poor";
  /** Media that should flow and does not, the worst first; null when all does. */
  readonly trouble: Trouble | null;
  readonly path: Sample["path"];
  /** Ms there and back; null when unknown. */
  readonly roundTrip: number | null;
}

/**
 * `not-hearing`: nothing arrives, though the other side sends; `not-heard`: what we send does not arrive there;
 * `not-seeing`: their picture stands still; `silent-microphone`: ours is on and picks up nothing at all.
 */
export type Trouble = "not-hearing" | "not-heard" | "not-seeing" | "silent-microphone";

/** What ought to flow, by what both sides have said about muting and holding. */
export interface Expected {
  readonly audioIn: boolean;
  readonly videoIn: boolean;
  readonly audioOut: boolean;
}

export const unknownQuality: Quality = { level: "unknown", trouble: null, path: null, roundTrip: null };

/** A call that has just begun, or was just taken from hold, may be quiet for a moment. In milliseconds. */
const PATIENCE = 5_000;
/** Share of packets that the other side misses when practically nothing arrives. */
const ALL_MISSED = 0.95;

/** Judges the stretch covered by `samples`, oldest first; those of about the last ten seconds. */
export function judge(samples: readonly Sample[], expected: Expected): Quality {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.at <= first.at) return unknownQuality;
  return {
    level: levelOf(first, last),
    trouble: last.at - first.at >= PATIENCE ? troubleOf(samples, expected) : null,
    path: last.path,
    roundTrip: last.roundTrip,
  };
}

function levelOf(first: Sample, last: Sample): Quality["level"] {
  const lost = Math.max(
    lostShare(first.audioIn, last.audioIn),
    lostShare(first.videoIn, last.videoIn),
    last.missedThere ?? 0,
  );
  const delay = last.roundTrip ?? 0;
  if (lost > 0.08 || delay > 600 || last.jitter > 100) return "poor";
  if (lost > 0.02 || delay > 300 || last.jitter > 40) return "fair";
  return "good";
}

/** 0…1 of the packets meant for us in this stretch. Repaired ones make `lost` shrink; that is no loss. */
function lostShare(from: Flow, to: Flow): number {
  const lost = Math.max(0, to.lost - from.lost);
  const all = lost + Math.max(0, to.packets - from.packets);
  return all === 0 ? 0 : lost / all;
}

function troubleOf(samples: readonly Sample[], expected: Expected): Trouble | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return null;
  if (expected.audioIn && last.audioIn.packets <= first.audioIn.packets) return "not-hearing";
  if (expected.audioOut && isNothingHeard(samples)) return "not-heard";
  if (expected.videoIn && last.videoIn.frames <= first.videoIn.frames) return "not-seeing";
  if (
    expected.audioOut &&
    last.microphoneEnergy !== null &&
    first.microphoneEnergy !== null &&
    last.microphoneEnergy <= first.microphoneEnergy
  )
    return "silent-microphone";
  return null;
}

/** One report of total loss may be a hiccup; nothing but such reports is not. */
function isNothingHeard(samples: readonly Sample[]): boolean {
  const last = samples.at(-1);
  const sent = (last?.audioOut.packets ?? 0) > (samples[0]?.audioOut.packets ?? 0);
  return sent && samples.every(({ missedThere }) => missedThere !== null && missedThere >= ALL_MISSED);
}
