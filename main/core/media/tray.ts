import type { RoomId, StagedId, UserId } from "../../../preload/contract/ids.ts";
import type { Attachment, DraftAttachment } from "../../../preload/contract/models/attachment.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import { attachmentSchema } from "../../../preload/contract/media-schemas.ts";
import { stagingQueries } from "../store/queries/staging.ts";
import { threadNames } from "../store/queries/thread-names.ts";
import type { Store } from "../store/store.ts";
import type { Staging } from "./staging.ts";

export interface TrayDeps {
  readonly store: Pick<Store, "kept">;
  readonly staging: Pick<Staging, "find">;
  readonly userId: () => UserId | null;
}

/** The files waiting in each composer, kept over restarts like the text beside them. */
export interface Tray {
  /** With `thread` those of the thread of this root. */
  load(roomId: RoomId, thread?: MessageTarget): readonly DraftAttachment[];
  /** Durable when it returns. */
  save(roomId: RoomId, attachments: readonly Attachment[], thread?: MessageTarget): void;
  /** This one has become a message: a crash must not show it as waiting, too. */
  sent(stagedId: StagedId): void;
}

export function createTray({ store, staging, userId }: TrayDeps): Tray {
  const rows = stagingQueries(store.kept);
  const names = threadNames(store.kept);
  /** What a composer is stored under; the first is the one to be written. */
  const namesOf = (own: UserId, roomId: RoomId, thread: MessageTarget | undefined): readonly string[] =>
    thread === undefined ? [""] : names(own, roomId, thread);
  return {
    load(roomId, thread) {
      const own = userId();
      if (own === null) return [];
      // They may have been put there while the root was not sent yet.
      const stored = namesOf(own, roomId, thread).flatMap((threadId) =>
        rows.drafts.all({ userId: own, roomId, threadId }),
      );
      return stored.flatMap(({ attachment: text }) => {
        const attachment = parsed(text);
        const file = attachment === null ? null : staging.find(attachment.stagedId);
        return attachment === null || file === null ? [] : [{ file, attachment }];
      });
    },
    save(roomId, attachments, thread) {
      const own = userId();
      if (own === null) return;
      store.kept.transaction(() => {
        const [threadId = "", ...others] = namesOf(own, roomId, thread);
        for (const name of [threadId, ...others])
          rows.clearDrafts.run({ userId: own, roomId, threadId: name });
        attachments.forEach((attachment, position) => {
          const { stagedId, thumbnail } = attachment;
          const thumbnailId = thumbnail?.stagedId ?? null;
          const stored = JSON.stringify(attachment);
          const place = { userId: own, roomId, threadId, position };
          rows.insertDraft.run({ ...place, stagedId, thumbnailId, attachment: stored });
        });
      });
    },
    sent(stagedId) {
      const own = userId();
      if (own !== null) rows.removeDraft.run({ userId: own, stagedId });
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
