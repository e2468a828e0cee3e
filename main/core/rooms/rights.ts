import type { UserId } from "../../../preload/contract/ids.ts";
import type { Level, NeededLevel, Permission } from "../../../preload/contract/models/room-details.ts";
import { isObject, objectOf, type JsonObject } from "../event.ts";
import { creatorsAboveLevels, levelOf } from "./power.ts";

// Pure: who may do what in a room (STA-15, MEM-12; spec: m.room.power_levels). The server has the last word.

export interface Rights {
  level(userId: UserId): Level;
  /** What sending this type of state needs. */
  neededForState(type: string): number;
  neededForAction(action: "invite" | "kick" | "ban" | "redact"): number;
  /** What calling everybody of a kind needs: `room` all members. */
  neededToNotify(key: "room"): number;
  readonly usersDefault: number;
}

/** `levels`: content of m.room.power_levels or null; `create` and `creator` those of m.room.create. */
export function rightsOf(levels: JsonObject | null, create: unknown, creator: UserId | null): Rights {
  const above = creatorsAboveLevels(create, creator);
  const content = levels ?? {};
  const users = objectOf(content, "users");
  const events = objectOf(content, "events");
  const usersDefault = levelOf(content, "users_default") ?? 0;
  return {
    usersDefault,
    level(userId) {
      if (above.includes(userId)) return "creator";
      // Without the event the creator has 100 and everybody else nothing.
      if (levels === null) return userId === creator ? 100 : 0;
      return levelOf(users, userId) ?? usersDefault;
    },
    neededForState: (type) => levelOf(events, type) ?? levelOf(content, "state_default") ?? 50,
    neededToNotify: (key) => levelOf(objectOf(content, "notifications"), key) ?? 50,
    neededForAction: (action) => levelOf(content, action) ?? (action === "invite" ? 0 : 50),
  };
}

export const numeric = (level: Level): number => (level === "creator" ? Infinity : level);

/** Is `own` above `other`, so that it may remove them? Equal is not above. */
export const isAbove = (own: Level, other: Level): boolean => numeric(own) > numeric(other);

const stateOf: Readonly<Partial<Record<Permission, string>>> = {
  name: "m.room.name",
  topic: "m.room.topic",
  avatar: "m.room.avatar",
  aliases: "m.room.canonical_alias",
  "join-rule": "m.room.join_rules",
  history: "m.room.history_visibility",
  guests: "m.room.guest_access",
  levels: "m.room.power_levels",
  upgrade: "m.room.tombstone",
  children: "m.space.child",
};
const permissions: readonly Permission[] = [
  "name",
  "topic",
  "avatar",
  "aliases",
  "join-rule",
  "history",
  "guests",
  "levels",
  "upgrade",
  "invite",
  "kick",
  "ban",
  "redact",
  "children",
];

/** What we may do; nothing where we are not in the room. */
export function permissionsOf(
  rights: Rights,
  ownUserId: UserId,
  isJoined: boolean,
): Readonly<Record<Permission, boolean>> {
  const own = numeric(rights.level(ownUserId));
  const may = (permission: Permission): boolean => {
    if (!isJoined) return false;
    const type = stateOf[permission];
    return (
      own >=
      (type === undefined
        ? rights.neededForAction(permission as "invite" | "kick" | "ban" | "redact")
        : rights.neededForState(type))
    );
  };
  return Object.fromEntries(permissions.map((permission) => [permission, may(permission)])) as Record<
    Permission,
    boolean
  >;
}

/** Level keys shown in the editor: the defaults, the actions, and every event type the room names; at most 100. */
export function neededLevels(levels: JsonObject | null): readonly NeededLevel[] {
  const content = levels ?? {};
  const action = (key: string, fallback: number): NeededLevel => ({
    of: "action",
    key,
    level: levelOf(content, key) ?? fallback,
  });
  const events = objectOf(content, "events");
  return [
    action("users_default", 0),
    action("events_default", 0),
    action("state_default", 50),
    action("invite", 0),
    action("kick", 50),
    action("ban", 50),
    action("redact", 50),
    ...Object.keys(events)
      .sort()
      .slice(0, 93)
      .flatMap((key): NeededLevel[] => {
        const level = levelOf(events, key);
        return level === null ? [] : [{ of: "event", key, level }];
      }),
  ];
}

/** People with a level of their own, creators included, highest first; at most 500. */
export function leveledPeople(
  rights: Rights,
  levels: JsonObject | null,
  create: unknown,
  creator: UserId | null,
): readonly UserId[] {
  const named = Object.keys(objectOf(levels ?? {}, "users")).filter((id) => id.startsWith("@")) as UserId[];
  const all = new Set<UserId>([...creatorsAboveLevels(create, creator), ...named]);
  if (levels === null && creator !== null) all.add(creator);
  return [...all]
    .filter((userId) => rights.level(userId) !== rights.usersDefault)
    .sort((a, b) => {
      const [x, y] = [numeric(rights.level(a)), numeric(rights.level(b))];
      return x === y ? (a < b ? -1 : 1) : y > x ? 1 : -1;
    })
    .slice(0, 500);
}

/** The levels event with one person's level changed; what it says besides stays as it is. */
export function withPersonLevel(levels: JsonObject | null, userId: UserId, level: number): JsonObject {
  const content = levels ?? {};
  const users = { ...objectOf(content, "users") };
  if (level === (levelOf(content, "users_default") ?? 0)) delete users[userId];
  else users[userId] = level;
  return { ...content, users };
}

/** The levels event with another level for an action or a type of event. */
export function withNeededLevel(levels: JsonObject | null, change: NeededLevel): JsonObject {
  const content = levels ?? {};
  return change.of === "action"
    ? { ...content, [change.key]: change.level }
    : { ...content, events: { ...objectOf(content, "events"), [change.key]: change.level } };
}

/** Stored JSON as an object, or null. */
export function contentOf(row: { readonly content: string } | undefined): JsonObject | null {
  const value: unknown = row === undefined ? null : JSON.parse(row.content);
  return isObject(value) ? value : null;
}
