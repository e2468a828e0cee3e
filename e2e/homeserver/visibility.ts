import type { StoredEvent } from "./events.ts";
import { stringList } from "./json.ts";
import type { Room } from "./room.ts";
import type { ServerState } from "./state.ts";

/** Says for one reader which of a room's events may be served. */
export type CanSee = (event: StoredEvent) => boolean;

/**
 * History visibility for one reader (client-server API, room history visibility module): the rule
 * in force at the event and the reader's membership there decide.
 */
export function historyVisibleTo(state: ServerState, room: Room, userId: string): CanSee {
  const ignored = ignoredBy(state, userId);
  const isIgnored = (event: StoredEvent): boolean =>
    event.raw.state_key === undefined && ignored.has(event.raw.sender);
  const rules = room.history.get("m.room.history_visibility")?.get("") ?? [];
  const isAlwaysShared = rules.every((event) => isOpen(event.raw.content["history_visibility"]));
  if (isAlwaysShared && room.joined.has(userId)) return (event) => !isIgnored(event);
  return (event) => !isIgnored(event) && isVisibleAt(room, userId, event);
}

function isOpen(visibility: unknown): boolean {
  return visibility !== "invited" && visibility !== "joined";
}

function isVisibleAt(room: Room, userId: string, event: StoredEvent): boolean {
  const rule = room.stateBefore(event.index + 1, "m.room.history_visibility", "");
  const visibility = rule?.raw.content["history_visibility"] ?? "shared";
  if (visibility === "world_readable") return true;
  // A reader's own membership changes are theirs to see, whatever the rule.
  if (event.raw.type === "m.room.member" && event.raw.state_key === userId) return true;
  const membership = room.membership(userId, event.index + 1);
  if (membership === "join") return true;
  if (visibility === "invited") return membership === "invite";
  return visibility === "joined" ? false : joinedAfter(room, userId, event.index);
}

/** "shared": visible to whoever joined at some time after the event (or before and still is). */
function joinedAfter(room: Room, userId: string, index: number): boolean {
  const memberships = room.history.get("m.room.member")?.get(userId) ?? [];
  return memberships.some((event) => event.index > index && event.raw.content["membership"] === "join");
}

function ignoredBy(state: ServerState, userId: string): ReadonlySet<string> {
  const list = state.users.get(userId)?.accountData.get("m.ignored_user_list")?.content;
  const users = list?.["ignored_users"];
  return new Set(typeof users === "object" && users !== null ? Object.keys(users) : []);
}

/** True when the user may ask for the room's history at all. */
export function mayReadRoom(room: Room, userId: string): boolean {
  const membership = room.membership(userId);
  if (membership === "join") return true;
  const visibility = room.state("m.room.history_visibility")?.raw.content["history_visibility"];
  return visibility === "world_readable" || wasJoined(room, userId);
}

function wasJoined(room: Room, userId: string): boolean {
  const memberships = room.history.get("m.room.member")?.get(userId) ?? [];
  return memberships.some((event) => event.raw.content["membership"] === "join");
}

/** End (exclusive index) of what the user may see: the whole timeline, or up to their leaving. */
export function visibleEnd(room: Room, userId: string): number {
  if (room.joined.has(userId)) return room.timeline.length;
  const last = room.state("m.room.member", userId);
  return last === undefined ? room.timeline.length : last.index + 1;
}

/** User ids a content names under m.mentions. */
export function mentionedIn(content: Record<string, unknown>): readonly string[] {
  const mentions = content["m.mentions"];
  if (typeof mentions !== "object" || mentions === null) return [];
  return stringList((mentions as Record<string, unknown>)["user_ids"]) ?? [];
}
