import type { Row } from "./rows.ts";

// Where every row is, which rows must be in the page, and where the view must stand so that the line being read
// does not move. Pure numbers: Timeline.svelte measures and applies.
//
// Why not a virtual list from a library: those keep sizes by index and can hold the anchor for *one* kind of change at
// a time (put in above, or put in below). A timeline changes in the middle too (a fold grows, a divider or the "New"
// line moves, a message is deleted), often together with a page above. Here the anchor is a row, by key, and the
// position follows from it after whatever change.

/** Px beyond the view that are kept in the page: more in the direction of movement. */
const AHEAD = 420;
const BEHIND = 120;
/** Closer to the end than this many px counts as at the end. */
const END_SLACK = 12;

/** Where the view stands: at the end, or with a row's top `offset` px below the top of the view. */
export type Anchor =
  | { readonly at: "end" }
  /** The first that still exists counts: the row being read may be deleted or folded away. */
  | { readonly at: "rows"; readonly rows: readonly AnchorRow[] };
export interface AnchorRow {
  readonly key: string;
  readonly offset: number;
}

export interface Range {
  readonly first: number;
  /** Exclusive. */
  readonly last: number;
}

export class ScrollModel {
  rows: readonly Row[] = [];
  /** Scroll offset and height of the view, px. */
  top = 0;
  view = 0;
  anchor: Anchor = { at: "end" };
  /** More belongs below the last row: then the end is no place to stay at while it comes. */
  hasMoreBelow = false;
  #offsets = new Float64Array(1);
  #lead = 0;
  #tail = 0;
  /** Empty space between the start and the first row, px: a view that stands at the start cannot give way. See `#hold`. */
  #slack = 0;
  #direction: "up" | "down" = "up";
  /** The anchor is of a step just made: see `scrolled`. */
  #isStepping = false;
  readonly #estimate: (row: Row) => number;

  /** `estimate` guesses the height of a row that was never measured, px. */
  constructor(estimate: (row: Row) => number) {
    this.#estimate = estimate;
  }

  get total(): number {
    return this.offset(this.rows.length) + this.#tail;
  }

  /** What stands above the first row without being empty, px. */
  get lead(): number {
    return this.#lead;
  }

  get isAtEnd(): boolean {
    return this.anchor.at === "end";
  }

  get isMovingUp(): boolean {
    return this.#direction === "up";
  }

  /** Px from the start of the content to the top of row `index`. */
  offset(index: number): number {
    return this.#offsets[index] ?? 0;
  }

  setRows(rows: readonly Row[]): void {
    this.rows = rows;
    this.#layout(0);
    this.#hold();
  }

  /** What stands above the first and below the last row, px. */
  setEnds(lead: number, tail: number): void {
    if (lead === this.#lead && tail === this.#tail) return;
    this.#lead = lead;
    this.#tail = tail;
    this.#layout(0);
    this.#hold();
  }

  setView(height: number): void {
    this.view = height;
    this.#hold();
  }

  /**
   * The user scrolled to `top`. For the frame of this step what they had in view before it is what they read: a row that
   * just came into view may have another height than when it was last seen, or get it now. Then `stand`.
   */
  scrolled(top: number): void {
    if (top !== this.top) this.#direction = top < this.top ? "up" : "down";
    const before = this.top;
    this.top = top;
    this.anchor = this.#anchorHere(before);
    this.#isStepping = true;
  }

  /** The frame of the last step is over: what is first in view now is what is read. */
  stand(): void {
    if (this.#isStepping && this.anchor.at === "rows") this.anchor = this.#anchorHere(this.top);
    this.#isStepping = false;
  }

  /** Heights of the rows from `first` on, px. Answers whether any differed from what was known. */
  measured(first: number, heights: readonly number[]): boolean {
    let changed = -1;
    heights.forEach((height, i) => {
      const row = this.rows[first + i];
      // Half a pixel is rounding of the device's scale, not a change.
      if (row === undefined || Math.abs(row.height - height) < 0.5) return;
      row.height = height;
      if (changed < 0) changed = first + i;
    });
    if (changed < 0) return false;
    this.#layout(changed);
    this.#hold(Infinity);
    return true;
  }

  /** Back where the reader was; rows that are gone are passed over. */
  restore(anchor: Anchor): void {
    this.#isStepping = false;
    this.anchor = anchor;
    this.#hold();
  }

  goToEnd(): void {
    this.#isStepping = false;
    this.anchor = { at: "end" };
    this.#hold();
  }

  /** Puts the top of row `key` `offset` px below the top of the view, as far as the end allows. */
  goTo(key: string, offset: number): boolean {
    if (this.#find(key, 0) < 0) return false;
    this.#isStepping = false;
    this.anchor = { at: "rows", rows: [{ key, offset }] };
    this.#hold();
    return true;
  }

  /** Everything in view is measured. Where the anchor wanted to be beyond the end, the end is what is being read. */
  rest(): void {
    if (!this.hasMoreBelow && this.anchor.at === "rows" && this.top >= this.total - this.view - 1)
      this.anchor = { at: "end" };
  }

  /** The rows that must be in the page now. */
  range(): Range {
    const above = this.#direction === "up" ? AHEAD : BEHIND;
    const below = this.#direction === "up" ? BEHIND : AHEAD;
    const first = this.indexAt(this.top - above);
    const last = this.indexAt(this.top + this.view + below) + 1;
    return { first, last: Math.min(last, this.rows.length) };
  }

  /** Does `range` still show everything, with something to spare? Then rows need not come and go for each pixel. */
  covers(range: Range): boolean {
    const spare = BEHIND / 2;
    return (
      range.last <= this.rows.length &&
      (range.first === 0 || this.offset(range.first) <= this.top - spare) &&
      (range.last === this.rows.length || this.offset(range.last) >= this.top + this.view + spare)
    );
  }

  /** The row at `y` px of the content; the first or last one beyond the ends. */
  indexAt(y: number): number {
    let low = 0;
    let high = this.rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.offset(middle) <= y) low = middle;
      else high = middle - 1;
    }
    return Math.max(low, 0);
  }

  #layout(from: number): void {
    const count = this.rows.length;
    if (this.#offsets.length < count + 1) {
      const grown = new Float64Array(Math.ceil((count + 1) * 1.5));
      grown.set(this.#offsets);
      this.#offsets = grown;
    }
    let y = from === 0 ? this.#lead + this.#slack : this.offset(from);
    for (let i = from; i < count; i++) {
      this.#offsets[i] = y;
      const row = this.rows[i];
      if (row !== undefined) y += row.height >= 0 ? row.height : this.#estimate(row);
    }
    this.#offsets[count] = y;
  }

  /**
   * Moves `top` so that what the anchor names stays where it is. Where that is nearer to the start than there is room for
   * (a guess above it was too large, and the view stands at the start), the room is made as empty space, at most `room` px
   * and what there is of it already; it goes as soon as it can unseen.
   */
  #hold(room = 0): void {
    if (this.anchor.at === "end") {
      this.#setSlack(0);
      this.top = this.#most;
      return;
    }
    for (const { key, offset } of this.anchor.rows) {
      const index = this.#find(key, this.indexAt(this.top));
      if (index < 0) continue;
      const wanted = this.offset(index) - this.#slack - offset;
      this.#setSlack(Math.min(Math.max(0, -wanted), Math.max(room, this.#slack)));
      this.top = Math.min(this.#most, Math.max(0, wanted));
      return;
    }
    this.#setSlack(0);
    this.top = Math.min(this.#most, this.top);
    this.anchor = this.#anchorHere(this.top);
  }

  get #most(): number {
    return Math.max(0, this.total - this.view);
  }

  #setSlack(slack: number): void {
    if (slack === this.#slack) return;
    this.#slack = slack;
    this.#layout(0);
  }

  /** `before`: where the view stood before it came here. */
  #anchorHere(before: number): Anchor {
    if (!this.hasMoreBelow && this.top >= this.total - this.view - END_SLACK) return { at: "end" };
    // The first row that is wholly in view: the one half out of it may still change its size above the edge.
    let index = this.indexAt(this.top);
    const isCut = this.offset(index) < this.top && this.offset(index + 1) < this.top + this.view / 2;
    if (isCut && index + 1 < this.rows.length) index++;
    // Rows that just came into view are the last to hold on to, those with a guessed height behind the others: when they
    // get their real one, what was read before must not move for it.
    const seen: AnchorRow[] = [];
    const measured: AnchorRow[] = [];
    const guessed: AnchorRow[] = [];
    const wandering: AnchorRow[] = [];
    for (let i = index; i < this.rows.length && this.offset(i) < this.top + this.view; i++) {
      const row = this.rows[i];
      if (row === undefined) continue;
      const y = this.offset(i);
      const wasInView = y >= before && y < before + this.view;
      const known = wasInView ? seen : measured;
      const list = wanders(row) ? wandering : row.height >= 0 ? known : guessed;
      list.push({ key: row.key, offset: y - this.top });
    }
    return { at: "rows", rows: [...seen, ...measured, ...guessed, ...wandering] };
  }

  /** The index of a row by key, looked for around `hint` first. -1 when there is none. */
  #find(key: string, hint: number): number {
    const count = this.rows.length;
    for (let d = 0; d < count; d++) {
      if (this.rows[hint + d]?.key === key) return hint + d;
      if (this.rows[hint - d]?.key === key) return hint - d;
    }
    return -1;
  }
}

/**
 * The divider of a day goes up to that day's first message as history comes, the "New" line down, and a gap closes: no
 * place to hold on to.
 */
function wanders(row: Row): boolean {
  return row.kind === "item" && ["date", "read-marker", "gap"].includes(row.item.kind);
}
