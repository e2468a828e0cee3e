import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { OwnTag } from "../../../preload/contract/models/room.ts";
import { isObject, objectOf, stringOf, type JsonObject } from "../event.ts";
import { oneLine } from "../text.ts";

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

/** A tag of a room. `order`: 0 stands first, 1 last; null: behind all that have one (spec: Room Tagging). */
export interface RoomTag {
  readonly name: string;
  readonly order: number | null;
}

/** m.tag: the room's tags, 50 at most. */
export const parseTags = (content: JsonObject): readonly RoomTag[] => {
  const tags = objectOf(content, "tags");
  return Object.keys(tags)
    .slice(0, 50)
    .map((name) => ({ name, order: orderIn(objectOf(tags, name)["order"]) }));
};

/** As they are stored, JSON; names alone are what an older version wrote. */
export const readTags = (stored: string): readonly RoomTag[] =>
  (JSON.parse(stored) as readonly (RoomTag | string)[]).map((tag) =>
    typeof tag === "string" ? { name: tag, order: null } : tag,
  );

/** Behind `u.` stands a name that can be shown as it is; others are nobody's section. */
export const isOwnTag = (name: string): name is OwnTag =>
  name.length > 2 &&
  name.length <= 255 &&
  name.startsWith("u.") &&
  oneLine(name.slice(2), 255) === name.slice(2);

const orderIn = (value: unknown): number | null =>
  typeof value === "number" && value >= 0 && value <= 1 ? value : null;

/** A room marked as unread by hand. `from`: what is new begins at this message; null: nobody said where. */
export interface MarkedUnread {
  readonly isMarked: boolean;
  readonly from: EventId | null;
}

/**
 * Where what is new begins, beside the mark itself. Other clients leave it alone; the read marker could not say it, as
 * servers let `m.fully_read` go forward only.
 */
const FROM = "org.dunlin.from";

/** Marked as unread by hand; the name it had before it was in the specification (v1.12) is read too. Null: not said. */
export function parseMarkedUnread(
  accountData: readonly { readonly type: string; readonly content: JsonObject }[],
): MarkedUnread | null {
  for (const name of ["m.marked_unread", "com.famedly.marked_unread"]) {
    const content = accountData.findLast(({ type }) => type === name)?.content;
    const isMarked = content?.["unread"];
    if (content === undefined || typeof isMarked !== "boolean") continue;
    const from = isMarked ? stringOf(content, FROM) : null;
    const isEvent = from !== null && from.startsWith("$") && from.length <= 255;
    return { isMarked, from: isEvent ? (from as EventId) : null };
  }
  return null;
}

/** The content of `m.marked_unread`. */
export const markedUnread = ({ isMarked, from }: MarkedUnread): JsonObject => ({
  unread: isMarked,
  ...(from === null ? {} : { [FROM]: from }),
});
