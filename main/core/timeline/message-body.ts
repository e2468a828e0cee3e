import type { MessageBody } from "../../../preload/contract/models/timeline.ts";
import { stringOf, type JsonObject } from "../event.ts";
import { oneLine, plainText } from "../text.ts";
import { mediaInfo } from "./media-info.ts";

/** No event is larger than 65,536 bytes, so this cuts only what no server should have let through. */
const MAX_TEXT = 65_536;
const MAX_MSGTYPE = 100;

/** The body of an `m.room.message`, or null when it has none that could be shown (MAL-08). `html` is clean. */
export function messageBody(content: JsonObject, html: string | null): MessageBody | null {
  const msgtype = stringOf(content, "msgtype");
  if (msgtype === null) return null;
  const text = plainText(content["body"], MAX_TEXT);
  switch (msgtype) {
    case "m.text":
      return text === null ? null : { type: "text", text, html };
    case "m.emote":
      return text === null ? null : { type: "emote", text, html };
    case "m.notice":
      return text === null ? null : { type: "notice", text, html };
    case "m.image":
      return mediaBody("image", content, text);
    case "m.video":
      return mediaBody("video", content, text);
    case "m.audio":
      return mediaBody("audio", content, text);
    case "m.file":
      return mediaBody("file", content, text);
    default:
      return text === null ? null : { type: "other", text, msgtype: oneLine(msgtype, MAX_MSGTYPE) };
  }
}

/** The body of an `m.sticker`. */
export const stickerBody = (content: JsonObject): MessageBody | null =>
  mediaBody("sticker", content, plainText(content["body"], MAX_TEXT));

function mediaBody(
  type: "image" | "video" | "audio" | "file" | "sticker",
  content: JsonObject,
  body: string | null,
): MessageBody | null {
  // Once `body` was optional beside an address, and files had `filename` (MSG-10, MSG-16).
  const text = body ?? plainText(content["filename"], MAX_TEXT) ?? "";
  const media = mediaInfo(type, content, text);
  return text === "" && media.file === null ? null : { type, text, media };
}
