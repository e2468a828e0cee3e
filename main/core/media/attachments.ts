import { join } from "node:path";
import type { MxcUri, RoomId, StagedId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { Attachment } from "../../../preload/contract/models/attachment.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type { Queued } from "../../../preload/contract/requests.ts";
import type { Core, Handlers } from "../api.ts";
import type { JsonObject } from "../event.ts";
import { FailureError, invalid, valueOf, type Result } from "../failure.ts";
import type { HomeserverHttp } from "../homeserver/http.ts";
import type { MediaApi } from "../homeserver/media.ts";
import type { Platform } from "../platform.ts";
import type { Store } from "../store/store.ts";
import { attachmentContent } from "./attachment-content.ts";
import { MAX_PIXELS, type Media } from "./media.ts";
import { createResources, savePath } from "./resources.ts";
import { createStaging, type Staging } from "./staging.ts";
import { createTray, type Tray } from "./tray.ts";
import { createUploadLimit } from "./upload-limit.ts";
import { createUploading } from "./uploading.ts";

/** Everything about files on their way to and from the page, put together for the core. */
export interface Attachments {
  readonly staging: Staging;
  readonly tray: Tray;
  readonly handlers: Pick<
    Handlers,
    | "loadUploadLimit"
    | "discardStaged"
    | "saveDraftAttachments"
    | "saveMedia"
    | "uploadPicture"
    | "loadMediaTrouble"
    | "cancelDownload"
  >;
  /** Queues a message that carries a staged file, through `queue`. */
  send(message: OutgoingFile, queue: FileQueue): Queued;
  /** A step of the queue: the file goes to the server. */
  upload(
    step: { readonly stagedId: StagedId; readonly role: "file" | "thumbnail" },
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
  ): Promise<Result<MxcUri>>;
  /** Rows have left the queue: removes what nothing needs any more. */
  tidy(): void;
  readonly media: Core["media"];
  readonly stage: Core["stage"];
}

/** As `sendAttachment` asks for it. */
export interface OutgoingFile {
  readonly roomId: RoomId;
  readonly transactionId: TransactionId;
  readonly attachment: Attachment;
  readonly captionHtml?: string;
  readonly mentions?: JsonObject;
  readonly replyTo?: MessageTarget;
  /** The root of the thread it belongs to. */
  readonly thread?: MessageTarget;
  /** Done in the commit that puts it into the queue. */
  readonly alongside?: () => void;
}

/** What the queue offers for it. */
export interface FileQueue {
  queuedBefore(row: Pick<OutgoingFile, "roomId" | "transactionId">): Queued | null;
  enqueue(row: QueuedFile): Queued;
  reply(row: QueuedFile & { readonly target: MessageTarget }): Queued;
  sendInThread(
    row: QueuedFile & { readonly thread: MessageTarget; readonly replyTo: MessageTarget | null },
  ): Queued;
}

interface QueuedFile extends Pick<OutgoingFile, "roomId" | "transactionId"> {
  readonly content: JsonObject;
  readonly uploads: readonly { readonly role: "file" | "thumbnail"; readonly stagedId: StagedId }[];
  readonly alongside: () => void;
}

export interface AttachmentsDeps {
  readonly platform: Platform;
  readonly store: Pick<Store, "kept">;
  /** The user wants place and camera to stay in photos. */
  readonly keepsDetails: () => boolean;
  readonly media: Media;
  readonly userId: () => UserId | null;
  readonly http: () => HomeserverHttp | null;
  readonly mediaApi: () => MediaApi;
}

export function createAttachments(deps: AttachmentsDeps): Attachments {
  const { platform, store, media, userId } = deps;
  const limit = createUploadLimit({ ...deps, clock: platform.clock });
  const staging = createStaging({
    platform,
    store,
    userId,
    dir: join(platform.profileDir, "staged"),
    limit: () => limit.current,
    keepsDetails: deps.keepsDetails,
    maxPixels: MAX_PIXELS,
  });
  const tray = createTray({ store, staging, userId });
  const resources = createResources({ media, staging });
  const uploading = createUploading({ ...deps, staging, limit });
  // What a crash, or somebody who signed out, has left.
  void staging.sweep();
  return {
    staging,
    tray,
    media: (path) => resources.open(path),
    stage: (request) => staging.stage(request),
    upload: (...step) => uploading.upload(...step),
    tidy: () => void staging.sweep(),
    send(message, queue) {
      // Asked before the file is looked for: a repeated request may come when it is long sent, and gone from here.
      const before = queue.queuedBefore(message);
      if (before !== null) {
        // The tray may have been stored again since, as a page does that asks anew for all that was not answered.
        tray.sent(message.attachment.stagedId);
        return before;
      }
      const { replyTo, thread, alongside } = message;
      const row = {
        ...outgoing(message, staging),
        alongside() {
          tray.sent(message.attachment.stagedId);
          alongside?.();
        },
      };
      const queued =
        thread !== undefined
          ? queue.sendInThread({ ...row, thread, replyTo: replyTo ?? null })
          : replyTo === undefined
            ? queue.enqueue(row)
            : queue.reply({ ...row, target: replyTo });
      staging.handedOver(row.uploads.map(({ stagedId }) => stagedId));
      return queued;
    },
    handlers: {
      loadUploadLimit: async () => ({ maxBytes: await limit.load() }),
      discardStaged: ({ stagedIds }) => staging.discard(stagedIds),
      saveDraftAttachments: ({ roomId, attachments, thread }) => tray.save(roomId, attachments, thread),
      async uploadPicture({ stagedId }) {
        const picture = valueOf(await uploading.uploadPicture(stagedId));
        await staging.discard([stagedId]);
        return picture;
      },
      async loadMediaTrouble({ path }) {
        const answer = await resources.open(path);
        return { failure: answer.ok ? null : answer.failure };
      },
      async saveMedia({ path, name }) {
        const download = savePath(path, name);
        // Here before anything is asked or begun: what cannot be had is said in the window.
        const answer = await resources.open(download);
        if (!answer.ok) throw new FailureError(answer.failure);
        if (platform.saveFile === null) return { download };
        const { file } = answer;
        await platform.saveFile(file.path, file.saveAs ?? "file");
        return { download: null };
      },
      cancelDownload: ({ path }) => media.downloads.cancel(path),
    },
  };
}

function outgoing(message: OutgoingFile, staging: Pick<Staging, "find">): Omit<QueuedFile, "alongside"> {
  const { roomId, transactionId, attachment, captionHtml, mentions } = message;
  const file = staging.find(attachment.stagedId);
  if (file === null) throw new FailureError(invalid("file-missing"));
  const { thumbnail } = attachment;
  const small = thumbnail === null ? null : staging.find(thumbnail.stagedId);
  return {
    ...{ roomId, transactionId },
    content: attachmentContent(file, attachment, {
      ...{ thumbnail: small, html: captionHtml ?? null, mentions: mentions ?? {} },
    }),
    uploads: [
      { role: "file", stagedId: file.stagedId },
      ...(small === null ? [] : [{ role: "thumbnail" as const, stagedId: small.stagedId }]),
    ],
  };
}
