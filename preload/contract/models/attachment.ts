import type { MxcUri, StagedId } from "../ids.ts";
import type { Failure } from "./failure.ts";

/** A file that the core has on its disk, waiting to be sent, as its own bytes tell it. */
export interface StagedFile {
  readonly stagedId: StagedId;
  /** As the user's disk names it, one line. */
  readonly name: string;
  readonly contentType: string;
  /** Bytes, after place and camera were taken out of a photo. */
  readonly size: number;
  /** What it is sent as. A picture too large to be decoded, or of an unknown kind, is a file. */
  readonly kind: "image" | "video" | "audio" | "file";
  /** Pixels as shown, for pictures whose header says so; else null. */
  readonly width: number | null;
  readonly height: number | null;
}

/**
 * The answer to `PUT <resources>[account/<accountId>/]staged/<stagedId>?name=…`, as JSON. With `&details=keep` behind the name place and camera
 * stay in this file; without, one of which nobody can say what would be left is refused as `photo-unreadable`. With
 * `&from=<bytes>` it is a piece of a recording: 0 begins it, another continues what is there of it.
 */
export type StageAnswer =
  { readonly ok: true; readonly file: StagedFile } | { readonly ok: false; readonly failure: Failure };

/** What the user sends: a staged file, with what only the page can know about it. */
export interface Attachment {
  readonly stagedId: StagedId;
  /** Plain text shown with it; empty: none. At most 20,000 bytes (SIZE-01). */
  readonly caption: string;
  /** Names in the caption that stand for somebody; at most 50. */
  readonly mentions?: readonly { readonly text: string; readonly id: string }[];
  /** A small picture made by the page, itself staged; null where none helps. */
  readonly thumbnail: { readonly stagedId: StagedId; readonly width: number; readonly height: number } | null;
  /** Pixels of a video, which only a decoder knows. */
  readonly width: number | null;
  readonly height: number | null;
  readonly durationMs: number | null;
  readonly blurhash: string | null;
  /** A voice message: loudness over time, 0…1024, at most 120 of them. */
  readonly voice: { readonly waveform: readonly number[] } | null;
}

/** What waits in a composer's tray, as stored. */
export interface DraftAttachment {
  readonly file: StagedFile;
  readonly attachment: Attachment;
}

/** A whole file on its way from the server to this disk. */
export interface DownloadView {
  /** Its path below the resources base, as `MediaInfo.file` has it. */
  readonly path: string;
  /** Bytes that are here. */
  readonly received: number;
  /** Bytes in all, as the server says; null where it does not say. */
  readonly total: number | null;
}

/** A picture that lies in the server's repository, with what is true of its bytes. */
export interface UploadedPicture extends Pick<StagedFile, "contentType" | "size" | "width" | "height"> {
  readonly mxc: MxcUri;
}
