import type { Attachment, StagedFile } from "../../../preload/contract/models/attachment.ts";
import type { JsonObject } from "../event.ts";

const msgtypes = { image: "m.image", video: "m.video", audio: "m.audio", file: "m.file" } as const;

/** What goes with the file: its small picture, and of its caption the HTML and whom it means. */
interface Beside {
  readonly thumbnail: StagedFile | null;
  readonly html: string | null;
  readonly mentions: JsonObject;
}

/**
 * The event an attachment becomes, but for its addresses: `url` and `info.thumbnail_url` are written when the server
 * has the files. Body and file name as spec v1.10 has captions: without one the body is the name (MSG-02, MSG-16).
 * Voice messages carry the keys that MSC3245 and its prototypes use, since clients look for those. Pure.
 */
export function attachmentContent(
  file: StagedFile,
  attachment: Attachment,
  { thumbnail, html, mentions }: Beside,
): JsonObject {
  const { caption, voice } = attachment;
  return {
    msgtype: voice === null ? msgtypes[file.kind] : "m.audio",
    body: caption === "" ? file.name : caption,
    ...(caption === "" || html === null ? {} : { format: "org.matrix.custom.html", formatted_body: html }),
    // Also where nobody is meant: without it others' rules of before mentions look for names in the caption.
    "m.mentions": caption === "" ? {} : mentions,
    filename: file.name,
    info: infoOf(file, attachment, thumbnail),
    ...(voice === null ? {} : voiceKeys(attachment.durationMs ?? 0, voice.waveform)),
  };
}

function infoOf(file: StagedFile, attachment: Attachment, thumbnail: StagedFile | null): JsonObject {
  const { blurhash, durationMs } = attachment;
  const hasFrame = file.kind === "image" || file.kind === "video";
  const w = file.width ?? attachment.width;
  const h = file.height ?? attachment.height;
  return {
    mimetype: file.contentType,
    size: file.size,
    ...(hasFrame && w !== null && h !== null ? { w, h } : {}),
    ...(durationMs !== null && file.kind !== "image" ? { duration: durationMs } : {}),
    ...(hasFrame && blurhash !== null ? { "xyz.amorgan.blurhash": blurhash } : {}),
    ...(hasFrame && thumbnail !== null && attachment.thumbnail !== null
      ? {
          thumbnail_info: {
            mimetype: thumbnail.contentType,
            size: thumbnail.size,
            w: attachment.thumbnail.width,
            h: attachment.thumbnail.height,
          },
        }
      : {}),
  };
}

const voiceKeys = (duration: number, waveform: readonly number[]): JsonObject => ({
  "org.matrix.msc1767.audio": { duration, waveform },
  "org.matrix.msc3245.voice": {},
});
