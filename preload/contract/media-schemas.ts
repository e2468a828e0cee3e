import { z } from "zod";
import type { Params } from "./frames.ts";
import type { RoomId, StagedId, TransactionId } from "./ids.ts";
import type { Attachment } from "./models/attachment.ts";
import type { MediaRequests } from "./models/media-requests.ts";
import type { MessageTarget } from "./models/message-content.ts";

// Validators of the requests about files.

/** Of a caption in all its forms. Its event also holds file name, blurhash and waveform (SIZE-01). */
const MAX_CAPTION_BYTES = 20_000;
const MAX_FILES = 50;
const MAX_MENTIONS = 50;

const roomId = z.string().min(1).max(255) as unknown as z.ZodType<RoomId>;
const transactionId = z.string().min(1).max(255) as unknown as z.ZodType<TransactionId>;
const target = z.strictObject({
  eventId: z.string().min(1).max(255).nullable(),
  transactionId: z.string().min(1).max(255).nullable(),
}) as unknown as z.ZodType<MessageTarget>;
const stagedId = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/) as unknown as z.ZodType<StagedId>;
const caption = z
  .string()
  .max(MAX_CAPTION_BYTES)
  .refine((text) => utf8(text) <= MAX_CAPTION_BYTES, { message: "too long" });
/** A picture's side, or a video's, px. */
const side = z.number().int().min(1).max(100_000);

const attachment = z.strictObject({
  stagedId,
  caption,
  mentions: z
    .array(z.strictObject({ text: z.string().min(1).max(300), id: z.string().min(1).max(255) }))
    .max(MAX_MENTIONS)
    .optional(),
  thumbnail: z.strictObject({ stagedId, width: side, height: side }).nullable(),
  width: side.nullable(),
  height: side.nullable(),
  durationMs: z.number().int().min(0).max(1_000_000_000).nullable(),
  blurhash: z
    .string()
    .regex(/^[\x21-\x7e]{6,100}$/)
    .nullable(),
  voice: z.strictObject({ waveform: z.array(z.number().int().min(0).max(1024)).max(120) }).nullable(),
}) as unknown as z.ZodType<Attachment>;

/** Of one stored attachment: what another version wrote may not be what this one knows. */
export const attachmentSchema = attachment;

export const mediaRequestSchemas: { readonly [M in keyof MediaRequests]: z.ZodType<Params<M>> } = {
  loadUploadLimit: z.strictObject({}),
  discardStaged: z.strictObject({ stagedIds: z.array(stagedId).max(2 * MAX_FILES) }),
  saveDraftAttachments: z.strictObject({
    roomId,
    thread: target.optional(),
    attachments: z.array(attachment).max(MAX_FILES),
  }) as unknown as z.ZodType<Params<"saveDraftAttachments">>,
  sendAttachment: z.strictObject({
    roomId,
    transactionId,
    attachment,
    captionHtml: caption.optional(),
    mentions: z
      .strictObject({
        user_ids: z.array(z.string().min(1).max(255)).max(MAX_MENTIONS).optional(),
        room: z.boolean().optional(),
      })
      .optional(),
    replyTo: target.optional(),
    thread: target.optional(),
    draftLength: z.number().int().min(1).optional(),
  }) as unknown as z.ZodType<Params<"sendAttachment">>,
  uploadPicture: z.strictObject({ stagedId }),
  loadMediaTrouble: z.strictObject({ path: z.string().min(1).max(1024) }),
  saveMedia: z.strictObject({ path: z.string().min(1).max(1024), name: z.string().max(1024) }),
  cancelDownload: z.strictObject({ path: z.string().min(1).max(1024) }),
};

function utf8(text: string): number {
  let n = 0;
  for (const c of text) {
    const code = c.codePointAt(0) ?? 0;
    n += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return n;
}
