import type { RoomPreview } from "../../../preload/contract/models/room.ts";
import type { MessageBody } from "../../../preload/contract/models/timeline.ts";
import { objectOf, type MatrixEvent } from "../event.ts";
import { oneLine } from "../text.ts";
import { answeredIn, withoutFallback } from "./answer.ts";
import { messageBody, stickerBody } from "./message-body.ts";
import { parsePoll } from "./poll.ts";
import { redactedBecause } from "./redact.ts";

const MAX_TEXT = 200;

/**
 * A message in one line for the room list; null for what is never a preview: state, edits, reactions, unknown types.
 * Who said it is the caller's to add. Pure.
 */
export function buildPreview(event: MatrixEvent): RoomPreview | null {
  if (event.stateKey !== null) return null;
  if (objectOf(event.content, "m.relates_to")["rel_type"] === "m.replace") return null;
  const line = (kind: RoomPreview["kind"], text: string): RoomPreview => ({
    sender: null,
    isOwn: false,
    kind,
    text: oneLine(text, MAX_TEXT),
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
