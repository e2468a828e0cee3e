import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { ThreadQueries } from "../store/queries/threads.ts";
import { comparePlaces, type TimelineQueries } from "../store/queries/timeline.ts";
import { avatarPath, shownName } from "./event-item.ts";
import { anEntry, type ReadBy, type TimelineEntry } from "./items.ts";
import { hasPlace, inThreadOrder } from "./threads.ts";
import { TouchedRows } from "./touched.ts";

/** Replies of the store shown at once, and more of them per page. */
const ROWS = 200;

export interface ThreadWindowDeps {
  readonly roomId: RoomId;
  readonly root: EventId;
  readonly ownUserId: UserId;
  readonly queries: TimelineQueries;
  readonly threads: ThreadQueries;
  /** The writer's: it tells ours. */
  readonly touched: TouchedRows;
  readonly onTouched: (eventId: EventId) => void;
}

/**
 * The replies of one thread as they are stored, oldest first, and before them its root. Without a server all that is here
 * is shown; once it has answered, only what is known to be without holes, from `floor` on.
 */
export class ThreadWindow {
  readonly #deps: ThreadWindowDeps;
  readonly #touched = new TouchedRows();
  readonly #stopListening: () => void;
  readonly #known = new Map<EventId, TimelineEntry>();
  readonly #readers = new Map<UserId, ReadBy & { readonly eventId: EventId }>();
  #limit = ROWS;
  #floor: EventId | null = null;
  #whole: ReadonlySet<EventId> = new Set();
  /** The replies before the floor, as they were when it was last here: it may be deleted. */
  #below: ReadonlySet<EventId> = new Set();
  #ids: readonly EventId[] = [];
  #entries: readonly TimelineEntry[] = [];
  #hasMore = false;

  constructor(deps: ThreadWindowDeps) {
    this.#deps = deps;
    this.#touched.watch(deps.roomId);
    this.#stopListening = deps.touched.tellAlso(this.#touched);
    this.#read();
  }

  /** Oldest first. */
  get entries(): readonly TimelineEntry[] {
    return this.#entries;
  }

  has(eventId: EventId): boolean {
    return this.#known.has(eventId);
  }

  /** All stored replies from the floor on, also those that are not shown. Another set after each change. */
  get whole(): ReadonlySet<EventId> {
    return this.#whole;
  }

  /** The store has older replies that could be shown now. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** The root itself is stored. */
  get hasRoot(): boolean {
    return this.#known.has(this.#deps.root);
  }

  grow(): void {
    this.#limit += ROWS;
    this.#read();
  }

  /** Nothing before this event is known to be whole; null: all of it is, or nobody knows. */
  setFloor(floor: EventId | null): void {
    this.#floor = floor;
    this.#below = new Set();
    this.#read();
  }

  /** After a commit that touched the room's timeline. */
  refresh(): void {
    const noted = this.#touched.take(this.#deps.roomId);
    for (const eventId of noted.events) {
      this.#known.delete(eventId);
      this.#deps.onTouched(eventId);
    }
    this.#read();
  }

  /** After which reply the "New" line stands; null without one. */
  lastRead(): EventId | null {
    const { roomId, root, threads } = this.#deps;
    const places = threads.readPlaces.all({ roomId, root });
    const ordered = inThreadOrder(threads.children.all({ roomId, root }));
    const read = ordered.findLast(
      (child) => hasPlace(child) && places.some((place) => comparePlaces(child, place) <= 0),
    );
    return read?.eventId ?? null;
  }

  close(): void {
    this.#stopListening();
  }

  #read(): void {
    const { roomId, root, threads } = this.#deps;
    const all = inThreadOrder(threads.allChildren.all({ roomId, root }));
    const whole = all.slice(this.#placeOfFloor(all.map(({ eventId }) => eventId)));
    this.#whole = new Set(whole.map(({ eventId }) => eventId));
    const shown = whole.filter(({ isHidden }) => isHidden === 0).map(({ eventId }) => eventId);
    this.#hasMore = shown.length > this.#limit;
    // The root stands where nothing is missing between it and the first reply.
    this.#ids = this.#floor === null && !this.#hasMore ? [root, ...shown] : shown.slice(-this.#limit);
    for (const eventId of [...this.#known.keys()])
      if (!this.#ids.includes(eventId)) this.#known.delete(eventId);
    const readers = this.#readersByEvent();
    this.#entries = this.#ids.flatMap((eventId, position) => {
      const entry = this.#known.get(eventId) ?? this.#load(eventId, position);
      if (entry === null) return [];
      entry.readers = readers.get(eventId) ?? nobodyHere;
      return [entry];
    });
  }

  #placeOfFloor(all: readonly EventId[]): number {
    if (this.#floor === null) return 0;
    const at = all.indexOf(this.#floor);
    if (at >= 0) this.#below = new Set(all.slice(0, at));
    const first = all.findIndex((eventId) => !this.#below.has(eventId));
    return first < 0 ? all.length : first;
  }

  #load(eventId: EventId, position: number): TimelineEntry | null {
    const { queries, roomId } = this.#deps;
    const row = queries.storedRow.get({ roomId, eventId });
    if (row === undefined) return null;
    const edits = queries.editsOf.all({ roomId, eventId });
    const reactions = queries.reactionsOf.all({ roomId, eventId });
    const votes = queries.votesOf.all({ roomId, eventId });
    const entry = anEntry({ ...row, segment: 0, position }, edits, nobodyHere, reactions, votes);
    this.#known.set(eventId, entry);
    return entry;
  }

  /** Entries keep their identity while they say the same: items are compared by it. */
  #readersByEvent(): ReadonlyMap<EventId, readonly ReadBy[]> {
    const { roomId, root, threads, queries, ownUserId } = this.#deps;
    const byEvent = new Map<EventId, ReadBy[]>();
    for (const { userId, eventId, ts } of threads.receipts.all({ roomId, root })) {
      if (userId === ownUserId) continue;
      const member = queries.member.get({ roomId, userId });
      const name = shownName(member?.name ?? null) ?? userId;
      const avatar = avatarPath(member?.avatarMxc ?? null);
      const was = this.#readers.get(userId);
      const isSame =
        was?.eventId === eventId && was.ts === ts && was.reader.name === name && was.reader.avatar === avatar;
      const is = isSame ? was : { reader: { userId, name, avatar }, ts, eventId };
      this.#readers.set(userId, is);
      byEvent.set(eventId, [...(byEvent.get(eventId) ?? []), is]);
    }
    return byEvent;
  }
}

const nobodyHere: readonly ReadBy[] = [];
