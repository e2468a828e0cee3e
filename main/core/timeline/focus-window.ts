import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { PageDirection } from "../../../preload/contract/models/timeline.ts";
import type { MatrixEvent } from "../event.ts";
import {
  afterAll,
  beforeAll,
  comparePlaces,
  type Place,
  type StoredRow,
  type TimelineQueries,
} from "../store/queries/timeline.ts";
import { anEntry, nobody, type TimelineEntry } from "./items.ts";
import { RememberedEvents } from "./remembered-events.ts";
import { ceilingOf, floorOf } from "./segments.ts";
import type { ThreadFacts } from "./threads.ts";
import { TouchedRows } from "./touched.ts";
import { WindowReceipts } from "./window-receipts.ts";

// A stretch of history around one event, wherever that is (architecture.md, section 6, rule 4). Its rows are stored ones
// and, between stretches of the store, events that are only remembered here. At each end stands either a stored row, and
// then the store goes on as far as it has no hole; or a remembered one, and then the server does, from a token.
//
// The rules (focus-window.model.test.ts checks them against an oracle):
// 1. What is remembered and has been stored meanwhile counts as stored.
// 2. A page that meets a stored event beyond ours ends there: from the stretch's own beginning on, the store goes on.
//    Its beginning, not that event: the server may order the two ways of reading a room differently.
// 3. What we have is not taken twice.

/** Where the next page of a remembered end begins. `unknown`: ask for the surroundings of the outermost event. */
type Token = { readonly token: string } | "unknown" | "end";

export interface FocusWindowDeps {
  readonly roomId: RoomId;
  readonly ownUserId: UserId;
  readonly queries: TimelineQueries;
  /** What is known of the thread that this event began. */
  readonly threadOf?: (root: EventId) => ThreadFacts | null;
  /** The writer's: it tells ours. */
  readonly touched: TouchedRows;
  readonly isShown: (entry: TimelineEntry) => boolean;
  readonly cleanHtml: (html: string) => string | null;
  /** What shows this event elsewhere is to be made anew. */
  readonly onTouched?: (eventId: EventId) => void;
}

/** What to ask the server for; null when the store goes on, or nothing does. */
export type NextRequest = { readonly from: string } | { readonly around: EventId } | null;

export interface FocusPage {
  /** Newest first going back, oldest first going forward. */
  readonly events: readonly MatrixEvent[];
  readonly state: readonly MatrixEvent[];
  readonly end: string | null;
}

export interface Surroundings {
  /** Oldest first, the target among them. */
  readonly events: readonly MatrixEvent[];
  readonly target: EventId;
  readonly state: readonly MatrixEvent[];
  readonly start: string | null;
  readonly end: string | null;
}

export class FocusWindow {
  readonly #deps: FocusWindowDeps;
  readonly #remembered: RememberedEvents;
  readonly #receipts: WindowReceipts;
  readonly #touched = new TouchedRows();
  readonly #stopListening: () => void;
  /** Where an event of ours stands; null: remembered only. */
  readonly #places = new Map<EventId, Place | null>();
  /** The outermost places of ours. */
  readonly #frontier: Record<PageDirection, Place | null> = { backward: null, forward: null };
  #entries: TimelineEntry[] = [];
  #tokens: Record<PageDirection, Token> = { backward: "unknown", forward: "unknown" };
  #wasLive = false;

  constructor(deps: FocusWindowDeps) {
    this.#deps = deps;
    this.#remembered = new RememberedEvents(deps);
    this.#touched.watch(deps.roomId);
    this.#stopListening = deps.touched.tellAlso(this.#touched);
    this.#receipts = new WindowReceipts(deps, (eventId, readers) => {
      const entry = this.#places.has(eventId) ? this.#entryOf(eventId) : undefined;
      if (entry !== undefined) entry.readers = readers;
    });
  }

  /** Oldest first. */
  get entries(): readonly TimelineEntry[] {
    return this.#entries;
  }

  has(eventId: EventId): boolean {
    return this.#places.has(eventId);
  }

  /** Begins at a stored event. False when it has no place here. */
  beginStored(eventId: EventId): boolean {
    const { roomId, queries } = this.#deps;
    const row = queries.row.get({ roomId, eventId });
    if (row === undefined) return false;
    this.#take([row], "forward");
    this.#wasLive = this.isLive();
    return true;
  }

  /** Begins with what the server has around an event. */
  beginRemembered({ events, state, start, end, target }: Surroundings): void {
    this.#remembered.begin(events, state);
    const at = events.findIndex((event) => event.eventId === target);
    this.#tokens = { backward: tokenOf(start), forward: tokenOf(end) };
    this.#rememberAll(events.slice(at, at + 1), "forward");
    this.#promote();
    const older = this.#rememberAll(events.slice(0, Math.max(at, 0)).reverse(), "backward");
    const newer = this.#rememberAll(events.slice(at + 1), "forward");
    if (older !== null) this.#join("backward", older);
    if (newer !== null) this.#join("forward", newer);
    this.#wasLive = this.isLive();
  }

  /** Takes rows of the store until about `items` more are shown; returns how many are. */
  grow(direction: PageDirection, items: number, pageSize: number): number {
    let gained = 0;
    while (gained < items) {
      const rows = this.#readDisk(direction, pageSize);
      if (rows.length === 0) break;
      gained += this.#take(rows, direction);
    }
    this.#wasLive = this.isLive();
    return gained;
  }

  /** What the server is to be asked for in this direction now. */
  next(direction: PageDirection): NextRequest {
    const edge = this.#edge(direction);
    if (edge === undefined || this.isDone(direction) || this.#canReadDisk(direction)) return null;
    const { segments } = this.#deps.queries;
    const place = this.#places.get(edge.row.eventId) ?? null;
    if (place !== null && direction === "backward") {
      const all = segments.all({ roomId: this.#deps.roomId });
      const gap = all.find((one) => one.segment === floorOf(all, place.segment))?.prevBatch ?? null;
      return gap === null ? null : { from: gap };
    }
    const token = place === null ? this.#tokens[direction] : "unknown";
    return typeof token === "object" ? { from: token.token } : { around: edge.row.eventId };
  }

  /** Nothing further exists in this direction, neither here nor on the server. */
  isDone(direction: PageDirection): boolean {
    const edge = this.#edge(direction);
    if (edge === undefined) return true;
    const place = this.#places.get(edge.row.eventId) ?? null;
    if (place === null) return this.#tokens[direction] === "end";
    if (direction === "forward") return this.isLive();
    const segments = this.#deps.queries.segments.all({ roomId: this.#deps.roomId });
    const floor = floorOf(segments, place.segment);
    return (
      !this.#canReadDisk("backward") && segments.find((one) => one.segment === floor)?.prevBatch === null
    );
  }

  /** The end is the present: what comes by sync belongs right after it. */
  isLive(): boolean {
    const newest = this.#edge("forward");
    const place = this.#frontier.forward;
    if (place === null || newest === undefined || this.#places.get(newest.row.eventId) === null) return false;
    const { roomId, queries } = this.#deps;
    return queries.hasAfter.get({ roomId, ...place }) === undefined;
  }

  /** Puts in a page that `next` asked for; returns how many of it are shown. */
  add(direction: PageDirection, page: FocusPage): number {
    this.#promote();
    const events = page.events.filter((event) => !this.#places.has(event.eventId));
    const inOrder = direction === "backward" ? page.events.toReversed() : page.events;
    const isRemembered = (event: MatrixEvent): boolean => this.#placeOf(event.eventId) === null;
    const fresh = inOrder.filter((event) => isRemembered(event) && !this.#places.has(event.eventId));
    if (direction === "backward") this.#remembered.prepend(fresh, page.state);
    else this.#remembered.append(fresh, page.state);
    for (const eventId of this.#remembered.takeTouched()) this.#readAgain(eventId);
    const before = this.#entries.length;
    const met = this.#rememberAll(events, direction);
    // A server that answers an empty page with a token of its own must not be asked for ever.
    this.#tokens[direction] = page.events.length === 0 && events.length === 0 ? "end" : tokenOf(page.end);
    const gained =
      direction === "backward"
        ? this.#entries.slice(0, this.#entries.length - before)
        : this.#entries.slice(before);
    const shown = gained.filter((entry) => this.#deps.isShown(entry)).length;
    return shown + (met === null ? 0 : this.#join(direction, met));
  }

  /** Brings the rows up to date after a commit. */
  refresh(pageSize: number): void {
    this.#promote();
    const { roomId } = this.#deps;
    const noted = this.#touched.take(roomId);
    for (const eventId of noted.events) this.#readAgain(eventId);
    for (const userId of noted.readers) this.#receipts.readAgain(userId);
    // The server had nothing after our newest; now somebody has said something.
    if (this.#tokens.forward === "end") this.#tokens.forward = "unknown";
    if (this.#wasLive) while (this.#take(this.#readDisk("forward", pageSize), "forward", true) > 0);
    this.#wasLive = this.isLive();
  }

  close(): void {
    this.#stopListening();
  }

  #edge(direction: PageDirection): TimelineEntry | undefined {
    return direction === "backward" ? this.#entries[0] : this.#entries.at(-1);
  }

  #placeOf(eventId: EventId): Place | null {
    const { roomId, queries } = this.#deps;
    const place = queries.place.get({ eventId });
    return place?.roomId === roomId ? { segment: place.segment, position: place.position } : null;
  }

  #canReadDisk(direction: PageDirection): boolean {
    return this.#readDisk(direction, 1).length > 0;
  }

  /** Rows of the store beyond our outermost one, when that is stored, as far as there is no hole. In order of time. */
  #readDisk(direction: PageDirection, limit: number): StoredRow[] {
    const edge = this.#edge(direction);
    const place = this.#frontier[direction];
    if (place === null || edge === undefined || this.#places.get(edge.row.eventId) === null) return [];
    const { roomId, queries } = this.#deps;
    const segments = queries.segments.all({ roomId });
    const at = { roomId, ...place, limit };
    return direction === "backward"
      ? queries.rowsBefore.all({ ...at, floor: floorOf(segments, place.segment) }).reverse()
      : queries.rowsAfterUpTo.all({ ...at, ceiling: ceilingOf(segments, place.segment) });
  }

  /** Rows in order of time, put at the end they belong to. Returns how many are shown, or with `countAll` how many came. */
  #take(rows: readonly StoredRow[], direction: PageDirection, countAll = false): number {
    const { roomId, queries, isShown } = this.#deps;
    const fresh = rows.filter((row) => !this.#places.has(row.eventId));
    const first = rows[0];
    const last = rows.at(-1);
    if (first === undefined || last === undefined) return 0;
    const range = {
      roomId,
      fromSegment: first.segment,
      fromPosition: first.position,
      toSegment: last.segment,
      toPosition: last.position,
    };
    const edits = Map.groupBy(queries.editsBetween.all(range), (edit) => edit.target);
    const reactions = Map.groupBy(queries.reactionsBetween.all(range), (reaction) => reaction.target);
    const votes = Map.groupBy(queries.votesBetween.all(range), (vote) => vote.target);
    const entries = fresh.map((row) => {
      const { eventId } = row;
      return anEntry(
        row,
        edits.get(eventId),
        nobody,
        reactions.get(eventId),
        votes.get(eventId),
        this.#threadOf(eventId),
      );
    });
    for (const row of fresh) this.#setPlace(row);
    this.#entries = direction === "backward" ? entries.concat(this.#entries) : this.#entries.concat(entries);
    this.#receipts.take(queries.receiptsBetween.all(range));
    return countAll ? fresh.length : entries.filter((entry) => isShown(entry)).length;
  }

  /**
   * Remembers events going in a direction, from the inside out, up to the first that the store has beyond ours. Answers
   * its place, or null when none was met.
   */
  #rememberAll(events: readonly MatrixEvent[], direction: PageDirection): Place | null {
    for (const { eventId } of events) {
      if (this.#places.has(eventId)) continue;
      const place = this.#placeOf(eventId);
      if (place !== null && this.#entries.length > 0) {
        if (this.#isBeyond(place, direction)) return place;
        continue;
      }
      const row = this.#remembered.row(eventId);
      if (row === undefined) continue;
      const entry = this.#entryFor(row, nobody);
      this.#places.set(eventId, null);
      if (direction === "backward") this.#entries.unshift(entry);
      else this.#entries.push(entry);
    }
    return null;
  }

  #isBeyond(place: Place, direction: PageDirection): boolean {
    const edge = this.#frontier[direction];
    if (edge === null) return true;
    return direction === "backward" ? comparePlaces(place, edge) < 0 : comparePlaces(place, edge) > 0;
  }

  #setPlace({ eventId, segment, position }: StoredRow): void {
    const place: Place = { segment, position };
    this.#places.set(eventId, place);
    const { backward, forward } = this.#frontier;
    if (backward === null || comparePlaces(place, backward) < 0) this.#frontier.backward = place;
    if (forward === null || comparePlaces(place, forward) > 0) this.#frontier.forward = place;
  }

  /** The store goes on from here: from the beginning of the stretch that holds `met`, or after what we have of it. */
  #join(direction: PageDirection, met: Place): number {
    const { roomId, queries } = this.#deps;
    const segments = queries.segments.all({ roomId });
    const isBackward = direction === "backward";
    const begin: Place = isBackward
      ? { ...beforeAll, segment: ceilingOf(segments, met.segment) + 1 }
      : { ...beforeAll, segment: floorOf(segments, met.segment) };
    const own = this.#frontier[direction] ?? (isBackward ? afterAll : beforeAll);
    const isOwnFurther = isBackward ? comparePlaces(own, begin) < 0 : comparePlaces(own, begin) > 0;
    const from = isOwnFurther ? own : begin;
    const range = isBackward
      ? queries.rowsBefore.all({ roomId, ...from, floor: floorOf(segments, met.segment), limit: JOIN_ROWS })
      : queries.rowsAfterUpTo.all({
          roomId,
          ...from,
          ceiling: ceilingOf(segments, met.segment),
          limit: JOIN_ROWS,
        });
    return this.#take(isBackward ? range.reverse() : range, direction);
  }

  /** Rule 1. */
  #promote(): void {
    const { roomId, queries } = this.#deps;
    this.#entries.forEach(({ row: { eventId }, readers }, i) => {
      if (this.#places.get(eventId) !== null) return;
      const row = queries.row.get({ roomId, eventId });
      if (row === undefined) return;
      this.#setPlace(row);
      this.#entries[i] = this.#entryFor(row, readers);
      this.#remembered.forget(eventId);
    });
  }

  #entryOf(eventId: EventId): TimelineEntry | undefined {
    return this.#entries.find((entry) => entry.row.eventId === eventId);
  }

  #readAgain(eventId: EventId): void {
    const { roomId, queries } = this.#deps;
    this.#deps.onTouched?.(eventId);
    if (!this.#places.has(eventId)) return;
    const at = this.#entries.findIndex((entry) => entry.row.eventId === eventId);
    const row = queries.row.get({ roomId, eventId }) ?? this.#remembered.row(eventId);
    if (row === undefined || at < 0) return;
    const readers = this.#entries[at]?.readers ?? nobody;
    this.#entries[at] = this.#entryFor(row, readers);
  }

  #entryFor(row: StoredRow, readers: TimelineEntry["readers"]): TimelineEntry {
    const { eventId } = row;
    const edits = this.#remembered.edits(eventId);
    const reactions = this.#remembered.reactions(eventId);
    const votes = this.#deps.queries.votesOf.all({ roomId: this.#deps.roomId, eventId });
    return anEntry(row, edits, readers, reactions, votes, this.#threadOf(eventId));
  }

  #threadOf(root: EventId): ThreadFacts | null {
    return this.#deps.threadOf?.(root) ?? null;
  }
}

/** Rows read at once where the store goes on. */
const JOIN_ROWS = 100;

const tokenOf = (token: string | null): Token => (token === null ? "end" : { token });
