import type { Row } from "./rows.ts";
import type { Anchor } from "./scroll-model.ts";

// Where the reader was in each room and thread, for this session: going back shows the same line at the same height.

export interface Position {
  readonly anchor: Anchor;
  /** Measured heights by row key, so that the first picture needs no second thought. */
  readonly heights: ReadonlyMap<string, number>;
}

const KEPT_ROOMS = 60;
/** Rows around the anchor whose heights are kept. */
const KEPT_ROWS = 400;

const positions = new Map<string, Position>();

export const positionOf = (placeId: string): Position | null => positions.get(placeId) ?? null;

export function keepPosition(placeId: string, anchor: Anchor, rows: readonly Row[], around: number): void {
  const heights = new Map<string, number>();
  const first = Math.max(0, around - KEPT_ROWS / 2);
  for (const row of rows.slice(first, first + KEPT_ROWS)) {
    if (row.height >= 0) heights.set(row.key, row.height);
  }
  positions.delete(placeId);
  positions.set(placeId, { anchor, heights });
  const oldest = positions.keys().next().value;
  if (positions.size > KEPT_ROOMS && oldest !== undefined) positions.delete(oldest);
}
