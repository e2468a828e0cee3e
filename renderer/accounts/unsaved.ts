import type { UserId } from "../../preload/contract/ids.ts";
import type { SentContact } from "../../preload/contract/models/own-account.ts";

/**
 * What somebody typed about their account and has not saved: it outlives the dialog, not the window. Passwords and codes
 * are not among it: behind a closed dialog nobody would know that they are still there.
 */
export interface Unsaved {
  name?: string;
  status?: string;
  contact?: UnsavedContact;
}

/** An address that is being added. */
export interface UnsavedContact {
  medium: "email" | "msisdn";
  address: string;
  /** The message that waits to be confirmed. */
  sent: SentContact | null;
}

const kept = new Map<UserId, Unsaved>();

/** What is unsaved of this account; to be written into. */
export function unsavedOf(userId: UserId): Unsaved {
  const known = kept.get(userId) ?? {};
  kept.set(userId, known);
  return known;
}
