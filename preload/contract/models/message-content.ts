import type { EventId, TransactionId, UserId } from "../ids.ts";

/** What the composer may ask to send (m.room.message). Anything else is refused at the border. */
export interface MessageContent {
  readonly msgtype: "m.text" | "m.emote" | "m.notice" | "m.location";
  /** Non-empty, at most 60,000 bytes of UTF-8 (SIZE-01, SIZE-08: room for what the server adds). */
  readonly body: string;
  readonly format?: "org.matrix.custom.html";
  readonly formatted_body?: string;
  /** Who is to hear of it (spec: User and room mentions). Whoever is answered is added by the core. */
  readonly "m.mentions"?: { readonly user_ids?: readonly UserId[]; readonly room?: boolean };
  /** Of `m.location` only, and there it must be. */
  readonly geo_uri?: string;
}

/**
 * A message the user points at: by its event id, or, while it has none, by the transaction id it was sent under from
 * here. Items carry both.
 */
export interface MessageTarget {
  readonly eventId: EventId | null;
  readonly transactionId: TransactionId | null;
}
