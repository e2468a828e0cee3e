import type { EventId, RoomId, TransactionId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type { UploadRow } from "../store/queries/sending.ts";
import type { Store } from "../store/store.ts";
import type { LocalRow } from "./local-item.ts";

/** How a message is found wherever it stands: in the store, or in the queue under one of its ids. */
export interface MessageLookup {
  readonly store: Pick<Store, "cache">;
  readonly localRows: (roomId: RoomId) => readonly LocalRow[];
  /** The event that a message is, or became; null while it is not sent. */
  readonly eventOf: (roomId: RoomId, target: MessageTarget) => EventId | null;
  /** The transaction id that a waiting message goes under now. */
  readonly currentId: (transactionId: TransactionId) => TransactionId;
  /** The files that a waiting message still needs on the server. */
  readonly neededUploads: (row: {
    readonly roomId: RoomId;
    readonly transactionId: TransactionId;
  }) => readonly UploadRow[];
}
