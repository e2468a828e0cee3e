import type { UserId } from "../../../../preload/contract/ids.ts";
import type { Database } from "../database.ts";
import sql from "./forgetting.sql?raw";

/** Statements that remove everything one person wrote here, and the note that this is to be done (kept.db). */
export function forgettingQueries(kept: Database) {
  const find = kept.statements(sql);
  return {
    dueUser: find<Record<never, never>, { value: UserId }>("dueUser"),
    setDueUser: find<{ userId: UserId }>("setDueUser"),
    removeDueUser: find<Record<never, never>>("removeDueUser"),
    removeAll: (
      [
        ...["removeOutgoing", "removeSettled", "removeDrafts", "removeReceipts", "removeCalls"],
        "removeThreadDrafts",
        ...["removeWishes", "removeMassRedactions", "removeDueRedactions", "removeDuePins"],
        "removeDueDirects",
        "removeKnocks",
        ...["removeExport", "removeExportRooms"],
        ...["removeStagedFiles", "removeDraftAttachments"],
      ] as const
    ).map((name) => find<{ userId: UserId }>(name)),
  };
}
