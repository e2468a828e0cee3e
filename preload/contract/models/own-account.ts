import type { DeviceId } from "../ids.ts";

/** An address by which the account can be found again; the server's own list (PID-07). */
export interface Contact {
  /** `email` and `msisdn`, or a kind that we do not know (PID-09). Plain text. */
  readonly medium: string;
  /** Plain text; numbers without "+". */
  readonly address: string;
}

/** One signed-in device of ours. */
export interface DeviceSession {
  readonly deviceId: DeviceId;
  /** Plain text, or null. */
  readonly name: string | null;
  /** Ms since the epoch, or null. */
  readonly lastSeenTs: number | null;
  readonly lastSeenIp: string | null;
  /** This one. */
  readonly isCurrent: boolean;
}

/** What one's own account is like on the server, and what may be done with it here. */
export interface OwnAccount {
  readonly mayChangePassword: boolean;
  readonly mayChangeName: boolean;
  readonly mayChangeAvatar: boolean;
  readonly mayChangeContacts: boolean;
  /** The server manages sessions, addresses and password on a page of its own (OAuth 2.0). */
  readonly isManagedElsewhere: boolean;
  /** Null where the server does not tell. */
  readonly contacts: readonly Contact[] | null;
  /** This one first, then the latest seen. Null where the server does not tell. */
  readonly sessions: readonly DeviceSession[] | null;
}

/** A message that is to prove an address. */
export interface SentContact {
  readonly id: string;
  /** As the server was given it. */
  readonly address: string;
  /** The message holds a code to type; else a link to follow. */
  readonly needsCode: boolean;
}
