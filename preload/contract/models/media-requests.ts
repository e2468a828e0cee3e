import type { RoomId, StagedId, TransactionId } from "../ids.ts";
import type { Queued } from "../requests.ts";
import type { Attachment, UploadedPicture } from "./attachment.ts";
import type { Failure } from "./failure.ts";
import type { MessageContent, MessageTarget } from "./message-content.ts";

/** The requests about files on their way to and from the page. Bytes do not ride in frames (`StageAnswer`). */
export interface MediaRequests {
  /** The most bytes the server takes in one upload; null while nobody knows (ATT-05). */
  loadUploadLimit(params: Record<never, never>): { maxBytes: number | null };
  /** These files are not to be sent after all. What a queued message needs stays. */
  discardStaged(params: { stagedIds: readonly StagedId[] }): void;
  /** The tray of the room's composer, or with `thread` of that of the thread of this root, in its order; empty removes it. */
  saveDraftAttachments(params: {
    roomId: RoomId;
    thread?: MessageTarget;
    attachments: readonly Attachment[];
  }): void;
  /**
   * A message that carries a staged file. Durable before it answers, and the same under the same transaction id; the
   * file goes to the server first, in its place among the messages of the room.
   */
  sendAttachment(params: {
    roomId: RoomId;
    transactionId: TransactionId;
    attachment: Attachment;
    /** The caption as HTML, where it is more than plain text. */
    captionHtml?: string;
    /** Whom the caption means; absent or empty: nobody. */
    mentions?: NonNullable<MessageContent["m.mentions"]>;
    /** The message it answers. */
    replyTo?: MessageTarget;
    /** The root of the thread it belongs to. */
    thread?: MessageTarget;
    /**
     * The file is what was typed in the composer, of so many UTF-16 units: its draft goes in the same commit, unless it
     * has other words by now.
     */
    draftLength?: number;
  }): Queued;
  /**
   * Gives a staged picture to the server now, for an avatar: of a room, or of ourselves. Fails like any request; nothing
   * of it is queued. The staged file is gone afterwards.
   */
  uploadPicture(params: { stagedId: StagedId }): UploadedPicture;
  /** Why a picture of the resources is not shown; null when the core has it, and the page could not read it. */
  loadMediaTrouble(params: { path: string }): { failure: Failure | null };
  /**
   * Saves a file of the resources under a safe form of this name. Where the host has a dialog, the user chooses and
   * `download` is null; else it is the path below the resources base that the page is to download.
   */
  saveMedia(params: { path: string; name: string }): { download: string | null };
  /** Breaks off the download of this file of the resources: whoever waits for it is told `aborted`, and nothing of it stays. */
  cancelDownload(params: { path: string }): void;
}
