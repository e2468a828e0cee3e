import type { RoomId } from "../../../preload/contract/ids.ts";
import {
  isObject,
  objectOf,
  stringOf,
  transactionIdOf,
  type JsonObject,
  type MatrixEvent,
} from "../event.ts";
import type { NewEvent } from "../store/queries/timeline.ts";
import type { KnownProfile } from "./history-profiles.ts";
import { withoutQuotedWords } from "./answer.ts";
import { stripRedacted } from "./redact.ts";

/** The row for a new event; with `because`, what redaction leaves of it. HTML is cleaned here, once, and never again. */
export function storedEvent(
  roomId: RoomId,
  event: MatrixEvent,
  profile: KnownProfile,
  because: JsonObject | null,
  cleanHtml: (html: string) => string | null,
): NewEvent {
  const relation = relationIn(event.content);
  return {
    eventId: event.eventId,
    roomId,
    type: event.type,
    sender: event.sender,
    ts: event.originServerTs,
    stateKey: event.stateKey,
    relatesTo: because === null ? relation.relatesTo : null,
    relType: relation.relType,
    transactionId: transactionIdOf(event),
    senderName: profile.name,
    senderAvatar: profile.avatarMxc,
    profile: profile.quality,
    isRedacted: because === null ? 0 : 1,
    html: because === null ? htmlIn(event, cleanHtml) : null,
    raw: jsonOf(because === null ? withoutQuotedWords(event.raw) : stripRedacted(event.raw, because)),
  };
}

/** The event as text. Nesting so deep that it cannot be written is nesting nobody can show: the envelope stays (MAL-09). */
export function jsonOf(raw: JsonObject): string {
  try {
    return JSON.stringify(raw);
  } catch {
    const { event_id, type, sender, state_key, origin_server_ts } = raw;
    return JSON.stringify({ event_id, type, sender, state_key, origin_server_ts, content: {} });
  }
}

/** Longer ids are none (SIZE-02…06 speak of 255 bytes; some servers were laxer). */
const MAX_ID = 1024;

function relationIn(content: JsonObject): { relatesTo: string | null; relType: string | null } {
  const relation = objectOf(content, "m.relates_to");
  const relatesTo = stringOf(relation, "event_id");
  const relType = stringOf(relation, "rel_type");
  return {
    relatesTo: relatesTo !== null && relatesTo.length <= MAX_ID ? relatesTo : null,
    relType: relType !== null && relType.length <= MAX_ID ? relType : null,
  };
}

function htmlIn(event: MatrixEvent, cleanHtml: (html: string) => string | null): string | null {
  if (event.type !== "m.room.message") return null;
  // An edit's own body is only a fallback for clients that know no edits.
  const edited = event.content["m.new_content"];
  const content = isObject(edited) ? edited : event.content;
  if (stringOf(content, "format") !== "org.matrix.custom.html") return null;
  const html = stringOf(content, "formatted_body");
  return html === null ? null : cleanHtml(html);
}
