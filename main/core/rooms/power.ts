import type { UserId } from "../../../preload/contract/ids.ts";
import { isObject, objectOf, type JsonObject } from "../event.ts";

// Pure: m.room.power_levels, with the specification's defaults (STA-15). Old rooms carry levels as strings.

function levelOf(object: JsonObject, key: string): number | null {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "string" && /^\s*-?\d+\s*$/.test(value)) return Number(value);
  return null;
}

/** May this user send message events of `eventType`? `content` is null when the room has no power levels event. */
export function canSendMessage(content: unknown, userId: UserId, eventType: string): boolean {
  if (!isObject(content)) return true;
  const needed = levelOf(objectOf(content, "events"), eventType) ?? levelOf(content, "events_default") ?? 0;
  const own = levelOf(objectOf(content, "users"), userId) ?? levelOf(content, "users_default") ?? 0;
  return own >= needed;
}

/** In rooms of version 12 and later their creators stand above all levels. */
export function isCreatorAboveLevels(
  createContent: unknown,
  creator: UserId | null,
  userId: UserId,
): boolean {
  if (!isObject(createContent)) return false;
  const version = Number(createContent["room_version"] ?? 1);
  if (!(version >= 12)) return false;
  const additional = createContent["additional_creators"];
  return creator === userId || (Array.isArray(additional) && additional.includes(userId));
}
