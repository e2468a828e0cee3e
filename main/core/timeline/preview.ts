import type { RoomPreview } from "../../../preload/contract/models/room.ts";
import type { MessageBody } from "../../../preload/contract/models/timeline.ts";
import { objectOf, type MatrixEvent } from "../event.ts";
import { oneLine, plainText } from "../text.ts";
import { answeredIn, withoutFallback } from "./answer.ts";
import { messageBody, stickerBody } from "./message-body.ts";
import { parsePoll } from "./poll.ts";
import { redactedBecause } from "./redact.ts";

const MAX_TEXT = 200;
/** Characters of a message that is read from outside. */
const MAX_PEEKED = 4000;

/**
 * A message in one line for the room list; null for what is never a preview: state, edits, reactions, unknown types.
 * Who said it is the caller's to add. Pure.
 */
export const buildPreview = (event: MatrixEvent): RoomPreview | null =>
  describe(event, (text) => oneLine(text, MAX_TEXT));

/** The same with its lines, for reading a room from outside, and as its sender has edited it. */
export function describePeeked(event: MatrixEvent): Pick<RoomPreview, "kind" | "text"> | null {
  const said = describe(newestVersion(event), (text) => plainText(text, MAX_PEEKED) ?? "");
  return said === null ? null : { kind: said.kind, text: said.text };
}

/** With the content of the edit that the server gave along (spec: Server-side aggregation of m.replace). */
function newestVersion(event: MatrixEvent): MatrixEvent {
  const edit = objectOf(objectOf(event.unsigned, "m.relations"), "m.replace");
  const content = objectOf(objectOf(edit, "content"), "m.new_content");
  return edit["sender"] === event.sender && Object.keys(content).length > 0 ? { ...event, content } : event;
}

function describe(event: MatrixEvent, shorten: (text: string) => string): RoomPreview | null {
  if (event.stateKey !== null) return null;
  if (objectOf(event.content, "m.relates_to")["rel_type"] === "m.replace") return null;
  const line = (kind: RoomPreview["kind"], text: string): RoomPreview => ({
    sender: null,
    isOwn: false,
    kind,
    text: shorten(text),
  });
  switch (event.type) {
    case "m.room.message":
    case "m.sticker": {
      if (redactedBecause(event.raw) !== null) return line("redacted", "");
      const isSticker = event.type === "m.sticker";
      const body = isSticker ? stickerBody(event.content) : messageBody(event.content, null);
      if (body === null) return null;
      const isAnswer = answeredIn(event.content) !== null;
      return line(kindOf(body), isAnswer ? withoutFallback(body.text) : body.text);
    }
    case "m.poll.start":
    case "org.matrix.msc3381.poll.start": {
      if (redactedBecause(event.raw) !== null) return line("redacted", "");
      const poll = parsePoll(event.content);
      return poll === null ? null : line("poll", poll.question);
    }
    case "m.room.encrypted":
      return line(redactedBecause(event.raw) === null ? "encrypted" : "redacted", "");
    default:
      return null;
  }
}

const kindOf = (body: MessageBody): RoomPreview["kind"] => (body.type === "notice" ? "text" : body.type);
