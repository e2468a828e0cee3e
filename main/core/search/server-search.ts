import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { ServerSearch } from "../../../preload/contract/models/search.ts";
import { isObject, parseEvent, stringOf, type MatrixEvent } from "../event.ts";
import { toFailure, type Failure, type Result } from "../failure.ts";
import type { SearchQuery } from "./query.ts";

// The server's part of one search: only words, only rooms it can read and whose history is not all here. It never tries
// again by itself.

const PAGE = 30;

export type SearchServer = (request: {
  readonly term: string;
  readonly rooms: readonly RoomId[];
  readonly senders: readonly UserId[] | null;
  readonly limit: number;
  readonly nextBatch: string | null;
  readonly signal: AbortSignal;
}) => Promise<
  Result<{
    readonly events: readonly unknown[];
    readonly nextBatch: string | null;
    readonly highlights: readonly string[];
  }>
>;

export interface FoundOnServer {
  readonly roomId: RoomId;
  readonly event: MatrixEvent;
}

export interface ServerScope {
  /** Joined, not encrypted, not whole here; null: all such rooms are whole here or encrypted. */
  readonly rooms: readonly RoomId[];
  readonly isEncrypted: boolean;
  readonly senders: readonly UserId[] | null;
}

export class ServerPart {
  readonly #ask: SearchServer;
  readonly #query: SearchQuery;
  readonly #scope: ServerScope;
  readonly #signal: AbortSignal;
  readonly found: FoundOnServer[] = [];
  /** Words as the server found them: "running" for "run". */
  highlights: readonly string[] = [];
  #nextBatch: string | null = null;
  state: ServerSearch;

  constructor(ask: SearchServer, query: SearchQuery, scope: ServerScope, signal: AbortSignal) {
    this.#ask = ask;
    this.#query = query;
    this.#scope = scope;
    this.#signal = signal;
    this.state =
      query.words.length === 0
        ? { state: "off", reason: "no-words" }
        : scope.rooms.length === 0
          ? { state: "off", reason: scope.isEncrypted ? "encrypted" : "all-here" }
          : { state: "waiting" };
  }

  get canAsk(): boolean {
    return ["waiting", "more", "failed"].includes(this.state.state);
  }

  /** Asks for the first or the next page. What became of it is in `state`. */
  async next(): Promise<Failure | null> {
    if (!this.canAsk) return null;
    this.state = { state: "searching" };
    const { rooms, senders } = this.#scope;
    const answer = await this.#ask({
      term: this.#query.words.join(" "),
      rooms,
      senders,
      limit: PAGE,
      nextBatch: this.#nextBatch,
      signal: this.#signal,
    }).catch((error: unknown) => ({ ok: false as const, failure: toFailure(error) }));
    if (!answer.ok) {
      const { failure } = answer;
      const isNotOffered = failure.errcode === "M_UNRECOGNIZED" || failure.status === 404;
      this.state = isNotOffered ? { state: "off", reason: "not-offered" } : { state: "failed", failure };
      return failure;
    }
    const { events, nextBatch, highlights } = answer.value;
    for (const value of events) this.#take(value);
    this.highlights = [...new Set([...this.highlights, ...highlights])];
    this.#nextBatch = nextBatch;
    this.state = { state: nextBatch === null ? "done" : "more" };
    return null;
  }

  /** One bad event does not stop the page (MAL-03); and what was not asked for is not believed. */
  #take(value: unknown): void {
    const event = parseEvent(value);
    const roomId = isObject(value) ? (stringOf(value, "room_id") as RoomId | null) : null;
    if (event === null || roomId === null || !this.#scope.rooms.includes(roomId)) return;
    const { after, before } = this.#query;
    if (
      (after !== null && event.originServerTs < after) ||
      (before !== null && event.originServerTs >= before)
    )
      return;
    this.found.push({ roomId, event });
  }
}
