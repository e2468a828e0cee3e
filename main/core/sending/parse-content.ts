import { isObject, stringOf, type JsonObject } from "../event.ts";

/**
 * The stored content of a row, or null when this version cannot send it: broken JSON, or a message without the
 * keys every message has (MSG-01). Such a row is parked and shown, never deleted.
 */
export function parseContent(eventType: string, content: string): JsonObject | null {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  if (eventType !== "m.room.message") return value;
  return stringOf(value, "msgtype") !== null && stringOf(value, "body") !== null ? value : null;
}
