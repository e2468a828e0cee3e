import type { EventId, RoomId } from "../ids.ts";

/** What may be done in a notification besides opening and dismissing it. */
export type NoticeAction = "reply" | "mark-read" | "answer" | "decline" | "call-back";

/** A notification that stands. One of the same `tag` replaces the one before. */
export interface Notice {
  /** The room, "digest", or `call:` and the call. */
  readonly tag: string;
  /** Another one of the same tag: show it again. */
  readonly version: number;
  readonly kind: "message" | "invite" | "call" | "digest";
  readonly roomId: RoomId | null;
  /** What a click shows. */
  readonly eventId: EventId | null;
  /** Plain text, one line. */
  readonly title: string;
  /** Plain text; as much of it as the user's settings allow. */
  readonly body: string;
  /** Path below the resources base, or null. */
  readonly avatar: string | null;
  /** No sound. When it also counts less than the one before of its tag it says nothing new: part of that was read or
   * deleted elsewhere. Most systems cannot change what stands, so a host shows it anew, as quietly as the system can. */
  readonly isSilent: boolean;
  /** Unread messages it stands for. */
  readonly count: number;
  readonly actions: readonly NoticeAction[];
}

/** What became of a notification: what the user did with it, or that there is something to do it with. */
export type NoticeAct =
  /**
   * A host is showing it, in this breath: no later run needs to tell it. One that dies before leaves it to be told by
   * the next.
   */
  | { readonly act: "shown"; readonly version: number }
  | { readonly act: "open" }
  | { readonly act: "dismiss" }
  | { readonly act: "mark-read" }
  | { readonly act: "reply"; readonly body: string }
  | { readonly act: "answer" }
  | { readonly act: "decline" }
  /** A missed call: one with voice is placed. */
  | { readonly act: "call-back" };

/** Where the user is to be taken, by a click outside the page. `number` grows with every click. */
export interface Destination {
  readonly number: number;
  readonly roomId: RoomId;
  readonly eventId: EventId | null;
}
