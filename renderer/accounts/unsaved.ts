import type { UserId } from "../../preload/contract/ids.ts";

/** What somebody typed about their profile and has not saved: it outlives the dialog, not the window. */
export interface Unsaved {
  name?: string;
  status?: string;
}

const kept = new Map<UserId, Unsaved>();

/** What is unsaved of this account; to be written into. */
export function unsavedOf(userId: UserId): Unsaved {
  const known = kept.get(userId) ?? {};
  kept.set(userId, known);
  return known;
}
