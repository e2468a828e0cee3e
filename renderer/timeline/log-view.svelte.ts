import type { TimelineItem } from "../../preload/contract/models/timeline.ts";
import { keepPosition, positionOf } from "./positions.ts";
import { estimateHeight } from "./row-height.ts";
import { buildRows, noRows, toggled, type Row, type RowList, type RunRow } from "./rows.ts";
import { ScrollModel, type Range } from "./scroll-model.ts";

// The link between the scroll model and the page. One pass: rows or scroll offset change → the range of rows in the
// page follows → the page is updated → heights are measured → the offset is corrected. All of it between two paints.

/** Heights of what stands above the first and below the last row, px; the page uses the tokens --s12 and --s3. */
const LEAD = 48;
const TAIL = 12;

/** The last known height of the view, so that the first pass of the next room is already right. */
let lastView = 700;

/** Where a log opens: where it was left (else at what is new), at its end, or at a row that is named later. */
export type OpensAt = "kept" | "end" | "target";

export class LogView {
  list = $state.raw<RowList>(noRows);
  range = $state.raw<Range>({ first: 0, last: 0 });
  /** Heights of the empty space that stands for the rows above and below the range, px. */
  above = $state.raw(0);
  below = $state.raw(0);
  isAtEnd = $state.raw(true);
  /** Time of the first row in view, for the sticky date; null when it has none. */
  topTime = $state.raw<number | null>(null);
  readonly model = new ScrollModel(estimateHeight);
  readonly #placeId: string;
  readonly #opensAt: OpensAt;
  #unfolded = noRows.unfolded;
  #isPlaced = false;
  #scroller: HTMLElement | null = null;
  #box: HTMLElement | null = null;
  /** The offset the page and the model last agreed on, px. Where the page's differs, the reader has scrolled since. */
  #agreedTop = 0;
  /** The frame in which the reader last scrolled: its time. */
  #scrolledIn: CSSNumberish | null = null;

  /** `placeId` names the timeline: where it was left is remembered. */
  constructor(placeId: string, opensAt: OpensAt = "kept") {
    this.#placeId = placeId;
    this.#opensAt = opensAt;
    this.model.setView(lastView);
  }

  /** The first row in view, and the first below it: what is above and what is in view follows from them. */
  #seen = $state.raw<Range>({ first: 0, last: 0 });

  readonly shown = $derived(this.list.rows.slice(this.range.first, this.range.last));

  get isScrollable(): boolean {
    return this.model.total > this.model.view;
  }

  /** The list changed, or whether there can be more above or below it. */
  update(items: readonly TimelineItem[], hasLead: boolean, hasMoreBelow = false): void {
    this.#takeScroll();
    const list = buildRows(items, this.list, this.#unfolded);
    const isFirst = !this.#isPlaced && items.length > 0;
    if (isFirst) this.#takeHeights(list.rows);
    this.model.hasMoreBelow = hasMoreBelow;
    this.model.setEnds(hasLead ? LEAD : 0, hasMoreBelow ? TAIL + LEAD : TAIL);
    if (list !== this.list) {
      this.list = list;
      this.model.setRows(list.rows);
    }
    if (isFirst) this.#place();
    this.#follow(true);
  }

  toggleRun(run: RunRow): void {
    this.#takeScroll();
    this.#unfolded = toggled(this.#unfolded, run);
    this.list = buildRows(this.list.items, this.list, this.#unfolded);
    this.model.setRows(this.list.rows);
    this.#follow(true);
  }

  /** The elements are there. Answers what stops it. */
  connect(scroller: HTMLElement, box: HTMLElement): () => void {
    this.#scroller = scroller;
    this.#box = box;
    const resize = new ResizeObserver(() => this.#resized());
    resize.observe(scroller);
    this.#resized();
    return () => {
      resize.disconnect();
      this.#scroller = null;
      this.#box = null;
      // A stretch of history somebody jumped to is not where they were.
      if (!this.#isPlaced || this.#opensAt === "target") return;
      keepPosition(this.#placeId, this.model.anchor, this.list.rows, this.model.indexAt(this.model.top));
    };
  }

  /** After the page was updated, before it is painted. */
  settle(): void {
    const scroller = this.#scroller;
    if (scroller === null) return;
    if (this.#measure()) {
      this.#follow(false);
    } else if (this.#isPlaced) {
      this.model.rest();
    }
    this.isAtEnd = this.model.isAtEnd;
    if (Math.abs(scroller.scrollTop - this.model.top) >= 0.5) scroller.scrollTop = this.model.top;
    this.#agreedTop = scroller.scrollTop;
  }

  /** The reader scrolled. False when it was only the echo of our own correction. */
  scrolled(): boolean {
    const scroller = this.#scroller;
    if (scroller === null) return false;
    const { scrollTop } = scroller;
    this.#agreedTop = scrollTop;
    if (Math.abs(scrollTop - this.model.top) < 1) return false;
    if (this.#isHeldAtEnd(scroller)) {
      this.model.goToEnd();
      this.#follow(false);
      this.settle();
      return false;
    }
    this.model.scrolled(scrollTop);
    this.#scrolledIn = frameTime();
    this.#follow(false);
    return true;
  }

  isAbove(key: string): boolean {
    const index = this.list.rows.findIndex((row) => row.key === key);
    return index >= 0 && index < this.#seen.first;
  }
  isInView(key: string): boolean {
    const index = this.list.rows.findIndex((row) => row.key === key);
    return index >= this.#seen.first && index < this.#seen.last;
  }

  goToEnd(): void {
    this.model.goToEnd();
    this.#follow(true);
    this.settle();
  }

  /** Puts the row that shows an item into the upper third of the view; answers its key, or null when there is none. */
  goToItem(itemId: string): string | null {
    const shows = (row: Row): boolean =>
      row.kind === "run" ? row.items.some((item) => item.id === itemId) : row.item.id === itemId;
    const row = this.list.rows.findLast(shows);
    if (row === undefined) return null;
    this.#isPlaced = true;
    this.model.goTo(row.key, Math.round(this.model.view / 3));
    this.#follow(true);
    this.settle();
    return row.key;
  }

  /** Scrolls as little as needed to have the whole row in view. */
  reveal(key: string): void {
    const index = this.list.rows.findIndex((row) => row.key === key);
    if (index < 0) return;
    const { model } = this;
    const top = model.offset(index);
    const bottom = model.offset(index + 1);
    if (top < model.top) model.scrolled(top);
    else if (bottom > model.top + model.view) model.scrolled(Math.min(top, bottom - model.view));
    else return;
    this.#follow(false);
    this.settle();
  }

  /** A row in the page changed its height by itself: a picture failed, a spoiler opened, the window got narrower. */
  rowsResized(): void {
    this.#stand();
    this.settle();
  }

  /**
   * Before the model changes by itself: a step of the reader whose scroll event is still to come. Else the model would
   * answer from where they were, and that answer, put into the page, would take the step back.
   */
  #takeScroll(): void {
    const scroller = this.#scroller;
    if (scroller === null || !this.#isPlaced) return;
    this.#stand();
    const step = scroller.scrollTop - this.#agreedTop;
    this.#agreedTop = scroller.scrollTop;
    // Not to where the page stands: a correction of ours may wait for the page to be updated.
    if (Math.abs(step) < 1) return;
    if (this.#isHeldAtEnd(scroller)) return this.model.goToEnd();
    this.model.scrolled(this.model.top + step);
    this.#scrolledIn = frameTime();
  }

  #stand(): void {
    if (frameTime() !== this.#scrolledIn) this.model.stand();
  }

  /**
   * It was at the end and is. The window got wider, the rows shorter, and the browser moved the view: nobody scrolled. Or
   * somebody went the rest of the way: just short of the end counts as at it, and the model, put into the page as it
   * stands, would take that step back.
   */
  #isHeldAtEnd({ scrollTop, clientHeight, scrollHeight }: HTMLElement): boolean {
    return this.model.isAtEnd && scrollTop + clientHeight >= scrollHeight - 1;
  }

  #resized(): void {
    const scroller = this.#scroller;
    if (scroller === null || scroller.clientHeight === 0) return;
    lastView = scroller.clientHeight;
    this.model.setView(scroller.clientHeight);
    this.#follow(false);
    this.settle();
  }

  #measure(): boolean {
    const box = this.#box;
    // Rows not yet in the page as the model has them (the update is still to come) must not be measured as others.
    if (box === null || box.childElementCount !== this.shown.length) return false;
    const heights = Array.from(box.children, (row) => row.getBoundingClientRect().height);
    // Without layout (a hidden window, a test without one) every height is 0: then estimates are the better truth.
    if (heights.every((height) => height === 0)) return false;
    return this.model.measured(this.range.first, heights);
  }

  /** Range and spacers after the model moved. Rows do not come and go for every pixel. */
  #follow(isForced: boolean): void {
    const { model } = this;
    if (isForced || !model.covers(this.range)) this.range = model.range();
    this.above = model.offset(this.range.first) - model.lead;
    this.below = model.offset(model.rows.length) - model.offset(this.range.last);
    const index = model.indexAt(model.top);
    // Above the first row there is no day.
    this.topTime = model.top <= model.offset(0) ? null : timeOf(model.rows[index], model.rows[index + 1]);
    this.isAtEnd = model.isAtEnd;
    const last = model.indexAt(model.top + model.view - 1) + 1;
    if (index !== this.#seen.first || last !== this.#seen.last) this.#seen = { first: index, last };
  }

  #takeHeights(rows: readonly Row[]): void {
    const heights = positionOf(this.#placeId)?.heights;
    if (heights === undefined) return;
    for (const row of rows) row.height = heights.get(row.key) ?? row.height;
  }

  /** Where a room opens: where it was left, else at the "New" line, else at the end. */
  #place(): void {
    this.#isPlaced = true;
    if (this.#opensAt !== "kept") return;
    const kept = positionOf(this.#placeId)?.anchor;
    if (kept?.at === "rows") {
      this.model.restore(kept);
      return;
    }
    const marker = this.list.rows.findLast((row) => row.kind === "item" && row.item.kind === "read-marker");
    if (marker !== undefined) this.model.goTo(marker.key, Math.round(this.model.view / 5));
  }
}

/** Stays the same from the beginning of a frame to that of the next. */
const frameTime = (): CSSNumberish | null =>
  // Not where there is no layout either (tests).
  (document.timeline as DocumentTimeline | undefined)?.currentTime ?? null;

function timeOf(...rows: readonly (Row | undefined)[]): number | null {
  for (const row of rows) {
    const item = row?.kind === "run" ? row.items[0] : row?.item;
    if (item !== undefined && "ts" in item) return item.ts;
  }
  return null;
}
