import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Result } from "../failure.ts";
import { tell } from "./endpoint.ts";
import type { Http } from "./http.ts";
import { path } from "./path.ts";

export type ReceiptType = "m.read" | "m.read.private" | "m.fully_read";

/** `POST /rooms/{roomId}/receipt/{receiptType}/{eventId}`. */
export const sendReceipt = (
  http: Http,
  request: {
    readonly roomId: RoomId;
    readonly eventId: EventId;
    readonly type: ReceiptType;
    /** `main`, or the root of a thread (spec: Threaded read receipts). */
    readonly threadId: string;
  },
): Promise<Result<void>> =>
  tell(http, {
    method: "POST",
    path: path`/_matrix/client/v3/rooms/${request.roomId}/receipt/${request.type}/${request.eventId}`,
    body: { thread_id: request.threadId },
  });

export interface ReadMarkers {
  readonly roomId: RoomId;
  readonly fullyRead: EventId;
  readonly read?: EventId;
  readonly readPrivate?: EventId;
}

/** The read marker at an event, and with a type the receipt. */
export const readMarkers = (
  roomId: RoomId,
  eventId: EventId,
  type: "m.read" | "m.read.private" | null,
): ReadMarkers => ({
  roomId,
  fullyRead: eventId,
  ...(type === "m.read" ? { read: eventId } : {}),
  ...(type === "m.read.private" ? { readPrivate: eventId } : {}),
});

/** `POST /rooms/{roomId}/read_markers`: the read marker and receipts in one request. */
export const sendReadMarkers = (http: Http, markers: ReadMarkers): Promise<Result<void>> =>
  tell(http, {
    method: "POST",
    path: path`/_matrix/client/v3/rooms/${markers.roomId}/read_markers`,
    body: {
      "m.fully_read": markers.fullyRead,
      ...(markers.read === undefined ? {} : { "m.read": markers.read }),
      ...(markers.readPrivate === undefined ? {} : { "m.read.private": markers.readPrivate }),
    },
  });

export interface Typing {
  readonly roomId: RoomId;
  readonly userId: UserId;
  readonly isTyping: boolean;
  /** How long others are to see it, in ms. */
  readonly timeoutMs: number;
}

/** `PUT /rooms/{roomId}/typing/{userId}`. */
export const sendTyping = (http: Http, typing: Typing): Promise<Result<void>> =>
  tell(http, {
    method: "PUT",
    path: path`/_matrix/client/v3/rooms/${typing.roomId}/typing/${typing.userId}`,
    body: typing.isTyping ? { typing: true, timeout: typing.timeoutMs } : { typing: false },
    // A notice that comes later than it lasts would be wrong.
    timeoutMs: 10_000,
  });
