import type { RoomId, StagedId, UserId } from "../../../../preload/contract/ids.ts";
import type { StagedFile } from "../../../../preload/contract/models/attachment.ts";
import type { Database } from "../database.ts";
import sql from "./staging.sql?raw";

/** A composer: of a room (`threadId` is ''), or of one of its threads. */
type Lane = { readonly userId: UserId; readonly roomId: RoomId; readonly threadId: string };
type Id = { readonly stagedId: StagedId };

/** A staged file, and whose it is. */
export type StagedRow = StagedFile & { readonly userId: UserId };

/** Statements over staged files and trays (kept.db). */
export function stagingQueries(kept: Database) {
  const find = kept.statements(sql);
  return {
    insert: find<StagedRow & { readonly now: number }>("insertStaged"),
    byId: find<Id, StagedRow>("stagedById"),
    resize: find<Id & { readonly size: number }>("resizeStaged"),
    remove: find<Id>("removeStaged"),
    unneeded: find<Record<never, never>, Id>("unneededStaged"),
    insertDraft: find<
      Lane &
        Id & { readonly position: number; readonly thumbnailId: StagedId | null; readonly attachment: string }
    >("insertDraftAttachment"),
    clearDrafts: find<Lane>("clearDraftAttachments"),
    removeDraft: find<Id & { readonly userId: UserId }>("removeDraftAttachment"),
    drafts: find<Lane, { readonly attachment: string }>("draftAttachments"),
  };
}
