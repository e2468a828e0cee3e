import type { RoomId } from "../ids.ts";
import type { Failure } from "./failure.ts";

/** What is to be written into an archive one can read without us. */
export interface ExportOrder {
  /** Null: every room. */
  readonly roomId: RoomId | null;
  /** Pictures and files, too; those that are not stored here are fetched where the server can be reached. */
  readonly hasMedia: boolean;
  /** First fetch what history is missing here. */
  readonly isComplete: boolean;
}

/**
 * `fetching`: missing history is on its way; `writing`; `done`: the folder is there under its final name. After a failure
 * what was written stays, and `retryExport` goes on from there.
 */
export type ExportState = "fetching" | "writing" | "done" | { readonly failed: Failure };

export interface ExportJob {
  readonly order: ExportOrder;
  readonly state: ExportState;
  /** The folder it becomes, as a path of this machine. */
  readonly folder: string;
  /** The room under way. */
  readonly roomName: string | null;
  readonly rooms: { readonly done: number; readonly all: number };
  /** Events written, of those stored in all its rooms when it began. */
  readonly events: { readonly done: number; readonly all: number };
  /** Rooms whose history is still being fetched. */
  readonly fetching: number;
  readonly media: { readonly saved: number; readonly missing: number };
}

export interface ExportView {
  /** The host asks where to put it; else it goes to the folder of downloads. */
  readonly asksForFolder: boolean;
  /** The host can show the folder. */
  readonly canShow: boolean;
  /** One at a time; null when there is none. */
  readonly job: ExportJob | null;
}
