// Which cells of a long list in a scrolling box are in the page. All are of one size, so that nothing has to be measured.

/** Rows beyond the view that are kept in the page, each way. */
const SPARE = 4;

interface GridWindow {
  /** Cells in the page, `last` exclusive. */
  readonly first: number;
  readonly last: number;
  /** Px of empty space that stand for those before and after. */
  readonly before: number;
  readonly after: number;
}

/** `top` and `height` of the view, and `rowHeight`, px. Pure. */
export function gridWindow(
  count: number,
  columns: number,
  rowHeight: number,
  top: number,
  height: number,
): GridWindow {
  const rows = Math.ceil(count / columns);
  const from = Math.min(rows, Math.max(0, Math.floor(top / rowHeight) - SPARE));
  const to = Math.min(rows, Math.max(from, Math.ceil((top + height) / rowHeight) + SPARE));
  return {
    first: from * columns,
    last: Math.min(count, to * columns),
    before: from * rowHeight,
    after: (rows - to) * rowHeight,
  };
}

/** The cell a key leads to from `at`; `at` itself where it leads nowhere. Pure. */
export function nextCell(key: string, at: number, count: number, columns: number): number {
  const by: Readonly<Record<string, number>> = {
    ArrowRight: columns > 1 ? 1 : 0,
    ArrowLeft: columns > 1 ? -1 : 0,
    ArrowDown: columns,
    ArrowUp: -columns,
    Home: -at,
    End: count - 1 - at,
  };
  const next = at + (by[key] ?? 0);
  return next < 0 || next >= count ? at : next;
}
