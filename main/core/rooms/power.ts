import type { UserId } from "../../../preload/contract/ids.ts";
import { isObject, objectOf, type JsonObject } from "../event.ts";

// Pure: m.room.power_levels, with the specification's defaults (STA-15). Old rooms carry levels as strings.

/** A level, also one written as text by old rooms; null where there is none. */
export function levelOf(object: JsonObject, key: string): number | null {
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

/** Does a room of this version have creators whose level is infinite (spec, rooms/v12)? */
export const hasCreatorsAboveLevels = (version: unknown): boolean =>
  typeof version === "string" && /^\d{1,3}$/.test(version) && Number(version) >= 12;

/** In rooms of version 12 and later their creators stand above all levels. */
export const isCreatorAboveLevels = (
  createContent: unknown,
  creator: UserId | null,
  userId: UserId,
): boolean => creatorsAboveLevels(createContent, creator).includes(userId);

/** Those creators; nobody in older rooms. */
export function creatorsAboveLevels(createContent: unknown, creator: UserId | null): readonly UserId[] {
  if (!isObject(createContent)) return [];
  if (!hasCreatorsAboveLevels(createContent["room_version"])) return [];
  const additional = createContent["additional_creators"];
  const more = Array.isArray(additional)
    ? additional.filter((id): id is UserId => typeof id === "string").slice(0, 100)
    : [];
  return creator === null ? more : [creator, ...more];
}
