import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Attachment, DraftAttachment } from "../../../preload/contract/models/attachment.ts";
import { attachmentSchema } from "../../../preload/contract/media-schemas.ts";
import { stagingQueries } from "../store/queries/staging.ts";
import type { Store } from "../store/store.ts";
import type { Staging } from "./staging.ts";

export interface TrayDeps {
  readonly store: Pick<Store, "kept">;
  readonly staging: Pick<Staging, "find">;
  readonly userId: () => UserId | null;
}

/** The files waiting in each composer, kept over restarts like the text beside them. */
export interface Tray {
  load(roomId: RoomId): readonly DraftAttachment[];
  /** Durable when it returns. */
  save(roomId: RoomId, attachments: readonly Attachment[]): void;
}

export function createTray({ store, staging, userId }: TrayDeps): Tray {
  const rows = stagingQueries(store.kept);
  return {
    load(roomId) {
      const own = userId();
      if (own === null) return [];
      return rows.drafts.all({ userId: own, roomId }).flatMap(({ attachment: text }) => {
        const attachment = parsed(text);
        const file = attachment === null ? null : staging.find(attachment.stagedId);
        return attachment === null || file === null ? [] : [{ file, attachment }];
      });
    },
    save(roomId, attachments) {
      const own = userId();
      if (own === null) return;
      store.kept.transaction(() => {
        rows.clearDrafts.run({ userId: own, roomId });
        attachments.forEach((attachment, position) => {
          const { stagedId, thumbnail } = attachment;
          const thumbnailId = thumbnail?.stagedId ?? null;
          const stored = JSON.stringify(attachment);
          rows.insertDraft.run({ userId: own, roomId, position, stagedId, thumbnailId, attachment: stored });
        });
      });
    },
  };
}

/** What another version wrote may not be what this one knows. */
function parsed(text: string): Attachment | null {
  try {
    const read = attachmentSchema.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
