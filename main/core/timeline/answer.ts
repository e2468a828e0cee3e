import type { EventId } from "../../../preload/contract/ids.ts";
import { objectOf, stringOf, type JsonObject } from "../event.ts";

// Answers as the specification has them (Rich replies), old and new. Pure.

/** Longer ids are none. */
const MAX_ID = 1024;

/** The message that this one answers. Within a thread, only what somebody chose to answer. */
export function answeredIn(content: JsonObject): EventId | null {
  const relation = objectOf(content, "m.relates_to");
  if (relation["rel_type"] === "m.thread" && relation["is_falling_back"] === true) return null;
  const eventId = stringOf(objectOf(relation, "m.in_reply_to"), "event_id");
  return eventId === null || eventId === "" || eventId.length > MAX_ID ? null : (eventId as EventId);
}

/**
 * The words without the quote that older clients put before them: `> <@user> …` lines and the empty line after them.
 * Only in answers: anybody may begin a message with a quote of their own.
 */
export function withoutFallback(text: string): string {
  if (!/^> (?:\* )?<@/.test(text)) return text;
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith(">"));
  if (end < 0) return text;
  return lines.slice(lines[end]?.trim() === "" ? end + 1 : end).join("\n");
}

/**
 * The event without the quote that older clients put before an answer: the words of another event, which must not outlive
 * it here (RED-02). They are never shown either. The same object where there is none.
 */
export function withoutQuotedWords(raw: JsonObject): JsonObject {
  const content = objectOf(raw, "content");
  // An edit repeats the quote of what it edits.
  const isEdit = stringOf(objectOf(content, "m.relates_to"), "rel_type") === "m.replace";
  if (answeredIn(content) === null && !isEdit) return raw;
  const body = stringOf(content, "body");
  const html = stringOf(content, "formatted_body");
  const own = {
    ...(body === null ? {} : { body: withoutFallback(body) }),
    ...(html === null ? {} : { formatted_body: html.replace(/<mx-reply>[\s\S]*?<\/mx-reply>/gi, "") }),
  };
  return (own.body ?? null) === body && (own.formatted_body ?? null) === html
    ? raw
    : { ...raw, content: { ...content, ...own } };
}
