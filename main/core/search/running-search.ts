import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { SearchParams, SearchResult, SearchView } from "../../../preload/contract/models/search.ts";
import { objectOf, stringOf, type JsonObject, type MatrixEvent } from "../event.ts";
import type { Failure } from "../failure.ts";
import type { Clock } from "../platform.ts";
import type { FoundRow, SearchQueries } from "../store/queries/search.ts";
import { oneLine, plainText } from "../text.ts";
import { documentOf, hasAll, hasBits, type DocumentParts } from "./document.ts";
import { fold } from "../fold.ts";
import type { Indexer } from "./indexer.ts";
import { LocalSearch, type Scope } from "./local-search.ts";
import { newestFirst, type Placed } from "./newest-first.ts";
import { isEmpty, parseQuery, type SearchQuery } from "./query.ts";
import { ServerPart, type FoundOnServer, type SearchServer } from "./server-search.ts";
import { snippetOf } from "./snippet.ts";

// One search: what is stored first, then the server, merged newest first, everything once.

/** Results per page; and the most that one search ever shows. */
const PAGE = 30;
const MOST = 2000;
/** How long a step may hold the thread, ms; the first one answers the key press. */
const STEP_MS = 8;
const FIRST_STEP_MS = 20;
/** The server is asked once the typing has stopped. */
const SERVER_AFTER_MS = 600;
/** People one `from:` may mean; more is no name but a letter. */
const MOST_PEOPLE = 5000;

export interface RunningSearchDeps {
  readonly queries: SearchQueries;
  readonly clock: Clock;
  readonly params: SearchParams;
  readonly indexer: Indexer;
  readonly ownUserId: UserId;
  readonly searchServer: SearchServer;
  readonly avatarPath: (mxc: string | null) => string | null;
  readonly onUnauthorized: (failure: Failure) => void;
  readonly onChange: (view: SearchView) => void;
}

export class RunningSearch {
  readonly #deps: RunningSearchDeps;
  readonly #query: SearchQuery;
  readonly #roomNames = new Map<RoomId, string>();
  readonly #abort = new AbortController();
  readonly #here = new Map<EventId, SearchResult & Placed & { readonly doc: number }>();
  readonly #server: ServerPart;
  #local: LocalSearch;
  readonly #scope: Scope;
  #wanted = PAGE;
  #isSearching = false;
  #cancel: (() => void)[] = [];
  view: SearchView;

  constructor(deps: RunningSearchDeps) {
    this.#deps = deps;
    const { queries, clock, params, indexer } = deps;
    this.#query = parseQuery(params.text);
    // What has just come must be found, too.
    indexer.slice();
    const rooms = queries.rooms.all({});
    for (const { roomId, name } of rooms) this.#roomNames.set(roomId, name ?? roomId);
    this.#scope = this.#resolve();
    this.#local = new LocalSearch(queries, clock, this.#query, this.#scope);
    this.#server = new ServerPart(
      deps.searchServer,
      this.#query,
      this.#serverScope(rooms),
      this.#abort.signal,
    );
    if (!this.#isEmpty) {
      this.#take(FIRST_STEP_MS);
      if (this.#server.canAsk) this.#later(SERVER_AFTER_MS, () => void this.#askServer());
    }
    this.view = this.#build();
    this.#goOn();
  }

  get #isEmpty(): boolean {
    return isEmpty(this.#query);
  }

  /** More, from wherever there is some. Resolves when it is there. */
  async more(): Promise<void> {
    if (this.#wanted < MOST) this.#wanted += PAGE;
    this.#show();
    this.#goOn();
    if (this.#local.isDone || this.#server.state.state === "failed") await this.#askServer();
  }

  /** Events came or changed: words that were taken back go at once (RED-02). */
  roomsChanged(roomIds: ReadonlySet<RoomId>): void {
    let isChanged = false;
    for (const [eventId, { doc, roomId }] of this.#here) {
      if (!roomIds.has(roomId)) continue;
      const row = this.#deps.queries.found.get({ doc });
      if (row?.eventId === eventId) continue;
      this.#here.delete(eventId);
      isChanged = true;
    }
    const { found } = this.#server;
    const kept = found.filter(({ roomId, event }) => !roomIds.has(roomId) || !this.#isTakenBack(event));
    if (kept.length < found.length) {
      found.splice(0, found.length, ...kept);
      isChanged = true;
    }
    if (isChanged) this.#show();
  }

  /** Redacted, or an edit of what is: servers keep the words of an edit when only its message is redacted. */
  #isTakenBack({ eventId, content }: MatrixEvent): boolean {
    const relation = objectOf(content, "m.relates_to");
    const edited = stringOf(relation, "rel_type") === "m.replace" ? stringOf(relation, "event_id") : null;
    return [eventId, edited].some(
      (id) => id !== null && this.#deps.queries.redacted.get({ eventId: id as EventId }) !== undefined,
    );
  }

  /** Other people's words may be shown than before: everything is looked for again. */
  peopleChanged(): void {
    this.#here.clear();
    this.indexMoved();
  }

  /** More of what is stored can be found by now: look at the newest again. */
  indexMoved(): void {
    if (this.#isEmpty) return;
    const { queries, clock } = this.#deps;
    const again = new LocalSearch(queries, clock, this.#query, this.#scope);
    for (const { doc } of again.step(PAGE, STEP_MS)) this.#add(doc);
    // What is newer now may be more than that, and what was searched through has got new neighbours.
    this.#local = again;
    this.#show();
    this.#goOn();
  }

  close(): void {
    this.#abort.abort();
    for (const cancel of this.#cancel) cancel();
    this.#cancel = [];
  }

  #later(ms: number, run: () => void): void {
    if (!this.#abort.signal.aborted) this.#cancel.push(this.#deps.clock.after(ms, run));
  }

  /** Searches on in short steps until the page is full. */
  #goOn(): void {
    if (this.#isSearching || this.#isFull || this.#isEmpty || this.#local.isDone) return;
    this.#isSearching = true;
    this.#later(1, () => {
      this.#isSearching = false;
      this.#take(STEP_MS);
      this.#show();
      this.#goOn();
    });
  }

  get #isFull(): boolean {
    return this.#here.size >= this.#wanted;
  }

  #take(ms: number): void {
    for (const { doc } of this.#local.step(this.#wanted - this.#here.size, ms)) this.#add(doc);
  }

  #add(doc: number): void {
    const row = this.#deps.queries.found.get({ doc });
    const parts = row === undefined ? null : this.#partsOf(row);
    if (row === undefined || parts === null || this.#here.size >= MOST) return;
    const { segment, position } = row;
    this.#here.set(row.eventId, { ...this.#result(row, parts, "here"), doc, segment, position });
  }

  #partsOf(row: FoundRow): DocumentParts | null {
    const event = { ...row, stateKey: null, relType: null, isRedacted: 0 };
    return documentOf(event, this.#deps.queries.edits.all(row));
  }

  async #askServer(): Promise<void> {
    if (!this.#server.canAsk || this.#abort.signal.aborted) return;
    const asked = this.#server.next();
    this.#show();
    const failure = await asked;
    if (this.#abort.signal.aborted) return;
    if (failure?.kind === "unauthorized") this.#deps.onUnauthorized(failure);
    this.#show();
  }

  #show(): void {
    if (this.#abort.signal.aborted) return;
    const view = this.#build();
    if (JSON.stringify(view) === JSON.stringify(this.view)) return;
    this.view = view;
    this.#deps.onChange(view);
  }

  #build(): SearchView {
    const reached = this.#isEmpty ? 0 : this.#local.reached;
    const fromServer = this.#server.found
      .filter(({ event }) => !this.#here.has(event.eventId))
      // Older than what was searched here so far: in its place once that is.
      .filter(({ event }) => event.originServerTs >= reached)
      // Of a message and its edits, the last words are what it says.
      .toSorted((a, b) => a.event.originServerTs - b.event.originServerTs)
      .map((one) => this.#serverResult(one))
      .filter((result) => result !== null);
    const onlyThere = [...new Map(fromServer.map((one) => [one.eventId, one])).values()];
    const results = [
      ...this.#here.values(),
      ...onlyThere.map((one) => ({ ...one, doc: 0, segment: null, position: null })),
    ];
    return {
      results: results
        .sort(newestFirst)
        .map(({ doc: _doc, segment: _segment, position: _position, ...result }) => result),
      here: this.#isEmpty || this.#local.isDone ? "done" : this.#isFull ? "more" : "searching",
      server: this.#server.state,
      indexed: this.#deps.indexer.progress(),
      misunderstood: this.#query.misunderstood,
    };
  }

  #serverResult({ roomId, event }: FoundOnServer): SearchResult | null {
    if (this.#isTakenBack(event)) return null;
    if (this.#deps.queries.isIgnored.get({ userId: event.sender }) !== undefined) return null;
    const edited = editedBy(event);
    // What the server finds of an edit is said where the edited message is, and that may be here.
    if (edited !== null && this.#here.has(edited)) return null;
    const row: FoundRow = {
      doc: 0,
      eventId: edited ?? event.eventId,
      roomId,
      sender: event.sender,
      has: 0,
      type: event.type,
      ts: event.originServerTs,
      senderName: this.#deps.queries.senderName.get({ roomId, userId: event.sender })?.name ?? null,
      senderAvatar: null,
      segment: null,
      position: null,
      raw: JSON.stringify(edited === null ? event.raw : { ...event.raw, content: newContentOf(event) }),
    };
    const stateKey = event.stateKey;
    const parts = documentOf({ ...row, stateKey, relType: null, isRedacted: 0 }, []);
    if (parts === null || !hasAll(this.#query.has, parts.has)) return null;
    const isStored = this.#deps.queries.isStored.get(row) !== undefined;
    return this.#result({ ...row, has: parts.has }, parts, isStored ? "here" : "server");
  }

  #result(row: FoundRow, parts: DocumentParts, source: SearchResult["source"]): SearchResult {
    const { eventId, roomId, sender, has, ts } = row;
    const name = plainText(row.senderName, 255);
    const terms = [...this.#query.terms, ...this.#server.highlights.map((word) => fold(word).trim())];
    return {
      eventId,
      roomId,
      roomName: this.#roomNames.get(roomId) ?? roomId,
      sender: {
        userId: sender,
        name: name === null ? sender : oneLine(name, 255),
        avatar: this.#deps.avatarPath(row.senderAvatar),
        isOwn: sender === this.#deps.ownUserId,
      },
      ts,
      kind: kindOf(has),
      snippet: snippetOf(
        parts.text,
        terms.filter((term) => term !== ""),
      ),
      source,
    };
  }

  /** What the names of the filters mean. */
  #resolve(): Scope {
    const { roomId } = this.#deps.params;
    const named = this.#query.in;
    let rooms: Set<RoomId> | null = roomId === null ? null : new Set([roomId]);
    if (named.length > 0) {
      const matching = [...this.#roomNames]
        .filter(([id, name]) =>
          named.some((wanted) => fold(name).includes(wanted) || id.toLowerCase() === wanted),
        )
        .map(([id]) => id);
      rooms = new Set(roomId === null ? matching : matching.filter((id) => id === roomId));
    }
    return { rooms, senders: this.#query.from.length === 0 ? null : this.#people(this.#query.from) };
  }

  #people(wanted: readonly string[]): Set<UserId> {
    const people = new Set<UserId>();
    const { ownUserId, queries } = this.#deps;
    if (wanted.includes("me")) people.add(ownUserId);
    for (const { userId, name } of queries.people.all({})) {
      if (people.size >= MOST_PEOPLE) break;
      const names = [fold(userId), fold(name ?? "")];
      if (wanted.some((one) => names.some((text) => text.includes(one)))) people.add(userId);
    }
    return people;
  }

  #serverScope(rooms: readonly { roomId: RoomId; membership: string; isEncrypted: 0 | 1 }[]) {
    const withGaps = new Set(this.#deps.queries.roomsWithGaps.all({}).map(({ roomId }) => roomId));
    const asked = rooms.filter(
      ({ roomId, membership }) =>
        membership === "join" && withGaps.has(roomId) && (this.#scope.rooms?.has(roomId) ?? true),
    );
    const readable = asked.filter(({ isEncrypted }) => isEncrypted === 0);
    return {
      rooms: readable.map(({ roomId }) => roomId),
      isEncrypted: readable.length < asked.length,
      senders: this.#scope.senders === null ? null : [...this.#scope.senders].slice(0, 100),
    };
  }
}

function kindOf(has: number): SearchResult["kind"] {
  for (const kind of ["image", "video", "audio", "file"] as const)
    if ((has & hasBits[kind]) !== 0) return kind;
  return "text";
}

const newContentOf = (event: MatrixEvent): JsonObject => objectOf(event.content, "m.new_content");

/** The message this event is an edit of (spec: Event replacements); null when it is none. */
function editedBy(event: MatrixEvent): EventId | null {
  const relation = objectOf(event.content, "m.relates_to");
  if (relation["rel_type"] !== "m.replace" || Object.keys(newContentOf(event)).length === 0) return null;
  return stringOf(relation, "event_id") as EventId | null;
}
