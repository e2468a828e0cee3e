import type { Segment } from "../store/queries/timeline.ts";

// Which stretches of a room's history hang together (architecture.md, section 6, rule 3). All lists ascend.

/** The oldest segment that hangs together with `from` without a hole, walking towards the past. */
export function floorOf(segments: readonly Segment[], from: number): number {
  let floor = from;
  for (let i = segments.length - 1; i >= 0; i--) {
    const at = segments[i];
    if (at === undefined || at.segment > from) continue;
    floor = at.segment;
    if (at.prevBatch !== null) break;
  }
  return floor;
}

/** The newest segment that hangs together with `from` without a hole, walking towards the present. */
export function ceilingOf(segments: readonly Segment[], from: number): number {
  let ceiling = from;
  for (const at of segments) {
    if (at.segment <= from) continue;
    if (at.prevBatch !== null) break;
    ceiling = at.segment;
  }
  return ceiling;
}

/** The hole nearest to the present, or null when everything back to the start is here. */
export function newestGap(segments: readonly Segment[]): { segment: number; token: string } | null {
  const found = segments.findLast((at) => at.prevBatch !== null);
  return found === undefined || found.prevBatch === null
    ? null
    : { segment: found.segment, token: found.prevBatch };
}
