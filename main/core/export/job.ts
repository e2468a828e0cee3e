import type { RoomId } from "../../../preload/contract/ids.ts";
import type { ExportOrder } from "../../../preload/contract/models/export.ts";
import type { Place } from "../store/queries/timeline.ts";

// What is written down of an archive with every slice. Lengths are those of files that are on the disk for certain: after
// a kill, what stands behind them in a file is cut off, and the writing goes on there.

/** Where the writing of a room stands. */
export interface RoomProgress {
  readonly number: number;
  /** The last event written. */
  readonly after: Place;
  /** Number of the page under way, from 1; its length in bytes, and its messages. */
  readonly page: number;
  readonly pageBytes: number;
  readonly pageMessages: number;
  /** Length of events.json, in bytes. */
  readonly jsonBytes: number;
  readonly events: number;
  readonly messages: number;
  /** Start of the local day of the last message, ms since the epoch. */
  readonly day: number | null;
}

export interface Job {
  readonly order: ExportOrder;
  /** Absolute; what is not finished lies beside it under `partialOf`. */
  readonly folder: string;
  /** Ms since the epoch. */
  readonly startedAt: number;
  /** The cache that the places are of: those of another one mean something else. */
  readonly epoch: string;
  readonly phase: "fetching" | "writing" | "done";
  /** The room under way; null before the first and after the last. */
  readonly room: RoomProgress | null;
  readonly roomsDone: number;
  readonly roomsAll: number;
  readonly events: number;
  readonly eventsAll: number;
  readonly media: { readonly saved: number; readonly missing: number };
}

/** A finished room, for the list of them. */
export interface WrittenRoom {
  readonly roomId: RoomId;
  readonly name: string;
  /** Name of its folder. */
  readonly folder: string;
  readonly messages: number;
  readonly pages: number;
  readonly isWhole: boolean;
}

export const partialOf = (folder: string): string => `${folder}.partial`;
