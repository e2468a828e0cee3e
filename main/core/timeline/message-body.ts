import type { MessageBody } from "../../../preload/contract/models/timeline.ts";
import { stringOf, type JsonObject } from "../event.ts";
import { oneLine, plainText } from "../text.ts";
import { extensibleText } from "./extensible-text.ts";
import { mediaInfo } from "./media-info.ts";
import { placeIn } from "./place.ts";

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
      return mediaBody("image", content, text, html);
    case "m.video":
      return mediaBody("video", content, text, html);
    case "m.audio":
      return mediaBody("audio", content, text, html);
    case "m.file":
      return mediaBody("file", content, text, html);
    case "m.location":
      return locationBody(content, text);
    default:
      return text === null ? null : { type: "other", text, msgtype: oneLine(msgtype, MAX_MSGTYPE) };
  }
}

/** Without a point on Earth there is nothing to open, but still what its sender called it (MSG-15). */
function locationBody(content: JsonObject, text: string | null): MessageBody | null {
  const place = placeIn(content);
  const words = text ?? extensibleText(content, MAX_TEXT);
  if (place !== null) return { type: "location", text: words ?? "", place };
  return words === null ? null : { type: "other", text: words, msgtype: "m.location" };
}

/**
 * Types that are never a line of their own, whatever they carry: what they say is shown where it belongs (reactions,
 * redactions, calls, votes), is nobody's to read (keys), or counts as said by other means (FBK-03).
 */
const neverALine =
  /^(?:m\.reaction|m\.room\.(?:redaction|message\.feedback)|m\.call\..*|org\.matrix\.call\..*|(?:m|org\.matrix\.msc3381)\.poll\.(?:response|end)|m\.key\..*|m\.room_?key.*|m\.secret\..*|m\.dummy|m\.receipt|m\.typing|m\.presence|m\.beacon)$/;

/**
 * A type of event we do not know, by the words it brings for such as us (MSC1767), with its kind named. Others are
 * hidden, whatever their `body` says: that somebody's machine counts something is no message (MAL-05).
 */
export function fallbackBody(type: string, content: JsonObject): MessageBody | null {
  if (neverALine.test(type)) return null;
  const { body: _body, ...extensible } = content;
  const text = extensibleText(extensible, MAX_TEXT);
  return text === null ? null : { type: "other", text, msgtype: oneLine(type, MAX_MSGTYPE) };
}

/** The body of an `m.sticker`. */
export const stickerBody = (content: JsonObject): MessageBody | null =>
  mediaBody("sticker", content, plainText(content["body"], MAX_TEXT));

function mediaBody(
  type: "image" | "video" | "audio" | "file" | "sticker",
  content: JsonObject,
  body: string | null,
  html: string | null = null,
): MessageBody | null {
  // Once `body` was optional beside an address, and files had `filename` (MSG-10, MSG-16).
  const text = body ?? plainText(content["filename"], MAX_TEXT) ?? "";
  const media = mediaInfo(type, content, text);
  return text === "" && media.file === null
    ? null
    : { type, text, ...(html === null ? {} : { html }), media };
}
