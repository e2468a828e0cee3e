import type { UserId } from "../ids.ts";

/** One of the accounts in this window. */
export interface AccountView {
  /** Ours alone; means nothing to a server. */
  readonly accountId: string;
  /** Null while nobody has signed in here. */
  readonly userId: UserId | null;
  readonly displayName: string | null;
  /** The one whose rooms are shown. */
  readonly isActive: boolean;
  /** `unusable`: what is stored of it could not be opened. */
  readonly state: "signed-in" | "soft-signed-out" | "signed-out" | "unusable";
  /** Unread messages in rooms that are not muted. */
  readonly unread: number;
  /** Of those in any room, the ones that name the user. */
  readonly mentions: number;
  /** What is not with the server yet. */
  readonly unsent: number;
  /** Some of that is on its way at this moment. */
  readonly isSending: boolean;
}

/** Requests about the accounts in this window, answered above any one of them. */
export interface AccountsRequests {
  /** Shows the sign-in screen for one account more; the others go on. At most 10. */
  addAccount(params: Record<never, never>): void;
  /** Shows this account's rooms. Refused (`invalid`) while a call is going on in the one shown now. */
  switchAccount(params: { accountId: string }): void;
  /** Signs out where somebody is signed in, and removes everything of the account from this profile. */
  removeAccount(params: { accountId: string }): void;
}
