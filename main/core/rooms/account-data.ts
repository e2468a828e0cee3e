import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import { isObject, objectOf, stringOf, type JsonObject } from "../event.ts";

// Pure: what account data says about rooms.

/** m.direct: user id → rooms, turned round. The first person named for a room stands. */
export function parseDirect(content: JsonObject): ReadonlyMap<RoomId, UserId> {
  const direct = new Map<RoomId, UserId>();
  for (const [userId, rooms] of Object.entries(content)) {
    if (!Array.isArray(rooms)) continue;
    for (const roomId of rooms as readonly unknown[]) {
      if (typeof roomId === "string" && !direct.has(roomId as RoomId))
        direct.set(roomId as RoomId, userId as UserId);
    }
  }
  return direct;
}

/**
 * Rooms muted through push rules: a room rule, or an override rule for exactly that room, whose actions do not
 * notify (PUSH-01: `dont_notify` and the empty list are alike).
 */
export function parseMuted(content: JsonObject): ReadonlySet<RoomId> {
  const muted = new Set<RoomId>();
  const global = objectOf(content, "global");
  for (const rule of rulesOf(global, "room")) {
    const id = stringOf(rule, "rule_id");
    if (id !== null && isSilent(rule)) muted.add(id as RoomId);
  }
  for (const rule of rulesOf(global, "override")) {
    const conditions = rule["conditions"];
    if (!Array.isArray(conditions) || conditions.length !== 1 || !isSilent(rule)) continue;
    const condition: unknown = conditions[0];
    if (!isObject(condition) || condition["kind"] !== "event_match" || condition["key"] !== "room_id")
      continue;
    const pattern = stringOf(condition, "pattern");
    if (pattern !== null) muted.add(pattern as RoomId);
  }
  return muted;
}

function rulesOf(global: JsonObject, kind: string): readonly JsonObject[] {
  const rules = global[kind];
  return Array.isArray(rules) ? rules.filter(isObject) : [];
}

function isSilent(rule: JsonObject): boolean {
  if (rule["enabled"] === false) return false;
  const actions = rule["actions"];
  return Array.isArray(actions) && !actions.includes("notify") && !actions.includes("coalesce");
}

/** m.tag: names of the room's tags. */
export const parseTags = (content: JsonObject): readonly string[] =>
  Object.keys(objectOf(content, "tags")).slice(0, 50);

/** Marked as unread by hand; the name it had before it was in the specification (v1.12) is read too. Null: not said. */
export function parseMarkedUnread(
  accountData: readonly { readonly type: string; readonly content: JsonObject }[],
): boolean | null {
  const said = (name: string) => accountData.findLast(({ type }) => type === name)?.content["unread"];
  const value = said("m.marked_unread") ?? said("com.famedly.marked_unread");
  return typeof value === "boolean" ? value : null;
}
