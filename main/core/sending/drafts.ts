import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Draft, DraftMention } from "../../../preload/contract/models/room.ts";
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
      if (row === undefined) return null;
      const mentions = mentionsOf(row.mentions);
      return mentions.length === 0 ? { body: row.body } : { body: row.body, mentions };
    },
    save(roomId, draft) {
      const userId = session()?.userId;
      if (userId === undefined) return;
      if (draft === null || draft.body === "") rows.deleteDraft.run({ userId, roomId });
      else {
        const mentions = draft.mentions === undefined ? null : JSON.stringify(draft.mentions);
        rows.saveDraft.run({ userId, roomId, body: draft.body, mentions, now: clock.now() });
      }
    },
  };
}

/** Written by us and read back as such; what another version wrote and we cannot read is no loss of words. */
function mentionsOf(json: string | null): readonly DraftMention[] {
  try {
    const value: unknown = json === null ? [] : JSON.parse(json);
    return Array.isArray(value) ? (value as readonly DraftMention[]) : [];
  } catch {
    return [];
  }
}
