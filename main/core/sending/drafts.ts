import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Draft } from "../../../preload/contract/models/room.ts";
import type { Clock } from "../platform.ts";
import { queueStatements } from "../store/queries/sending.ts";
import type { Store } from "../store/store.ts";

export interface DraftsDeps {
  readonly store: Pick<Store, "kept">;
  readonly clock: Clock;
  readonly session: () => { readonly userId: UserId } | null;
}

/** The text waiting in each composer. Kept on disk, over restarts and sign-outs of the same person. */
export interface Drafts {
  load(roomId: RoomId): Draft | null;
  /** Durable when it returns; null or an empty text removes it. */
  save(roomId: RoomId, draft: Draft | null): void;
}

export function createDrafts({ store, clock, session }: DraftsDeps): Drafts {
  const rows = queueStatements(store);
  return {
    load(roomId) {
      const userId = session()?.userId;
      const row = userId === undefined ? undefined : rows.draft.get({ userId, roomId });
      return row === undefined ? null : { body: row.body };
    },
    save(roomId, draft) {
      const userId = session()?.userId;
      if (userId === undefined) return;
      if (draft === null || draft.body === "") rows.deleteDraft.run({ userId, roomId });
      else rows.saveDraft.run({ userId, roomId, body: draft.body, now: clock.now() });
    },
  };
}
