import type { EventId, RoomId, UserId } from "../ids.ts";
import type { Failure } from "./failure.ts";

export interface SearchParams {
  readonly text: string;
  /** Null: in all rooms. */
  readonly roomId: RoomId | null;
}

/** A piece of a message: plain text, never markup. */
export interface SnippetPart {
  readonly text: string;
  readonly isMatch: boolean;
}

/** A message that was found. */
export interface SearchResult {
  readonly eventId: EventId;
  readonly roomId: RoomId;
  readonly roomName: string;
  readonly sender: {
    readonly userId: UserId;
    /** As they were called then, or the id. */
    readonly name: string;
    /** Path below the resources base, or null. */
    readonly avatar: string | null;
    readonly isOwn: boolean;
  };
  /** Ms since the epoch, as the sender says. */
  readonly ts: number;
  readonly kind: "text" | "image" | "file" | "video" | "audio";
  readonly snippet: readonly SnippetPart[];
  /** `here`: stored on this machine, can be opened without the server. */
  readonly source: "here" | "server";
}

/**
 * What the server adds. `off`: not asked, with the reason; `waiting`: will be asked in a moment; `more`: it has more
 * than is shown.
 */
export type ServerSearch =
  | { readonly state: "off"; readonly reason: "all-here" | "no-words" | "encrypted" | "not-offered" }
  | { readonly state: "waiting" | "searching" | "more" | "done" }
  | { readonly state: "failed"; readonly failure: Failure };

export interface SearchView {
  /** Newest first. */
  readonly results: readonly SearchResult[];
  readonly here: "searching" | "more" | "done";
  readonly server: ServerSearch;
  /** How much of what is stored here can be found yet, 0…1. */
  readonly indexed: number;
  /** Filters that mean nothing, as typed: `has:nothing`. */
  readonly misunderstood: readonly string[];
}

/** Fetching the whole history of a room, so that it can be searched and exported without the server. */
export interface HistoryJob {
  readonly roomId: RoomId;
  readonly roomName: string;
  readonly state: "waiting" | "running" | "paused" | { readonly failed: Failure };
  /** Events stored of this room. */
  readonly events: number;
  /** Time of the oldest one reached, ms since the epoch; null when none is. */
  readonly reached: number | null;
}

export interface HistoryView {
  readonly isPaused: boolean;
  /** In the order they are served; a room leaves the list when its history is complete. */
  readonly jobs: readonly HistoryJob[];
}
