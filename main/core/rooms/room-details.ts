import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { HistoryVisibility } from "../../../preload/contract/models/new-room.ts";
import type { RoomDetails, ServerAcl, Widget } from "../../../preload/contract/models/room-details.ts";
import { isObject, objectOf, stringOf, type JsonObject } from "../event.ts";
import { isServerName, mxcPath, parseMxc } from "../mxc.ts";
import type { MemberQueries } from "../store/queries/members.ts";
import type { RoomQueries } from "../store/queries/rooms.ts";
import { oneLine, plainText } from "../text.ts";
import { joinRulesOf } from "./join-rules.ts";
import { nameOf } from "./name.ts";
import { contentOf, leveledPeople, neededLevels, permissionsOf, rightsOf, type Rights } from "./rights.ts";
import { memberName } from "./row.ts";
import { AVATAR_THUMBNAIL } from "./summary.ts";

// What the details panel shows, from current state as it is stored.

export interface RoomPower {
  readonly rights: Rights;
  /** Content of m.room.power_levels, or null. */
  readonly levels: JsonObject | null;
  /** Content of m.room.create, or null. */
  readonly create: JsonObject | null;
  readonly creator: UserId | null;
}

export interface Queries {
  readonly rooms: RoomQueries;
  readonly members: MemberQueries;
}

const stateRow = (queries: RoomQueries, roomId: RoomId, type: string) =>
  queries.loadState.get({ roomId, type, stateKey: "" });

export function loadPower(queries: RoomQueries, roomId: RoomId): RoomPower {
  const row = stateRow(queries, roomId, "m.room.create");
  const create = contentOf(row);
  const levels = contentOf(stateRow(queries, roomId, "m.room.power_levels"));
  const creator = row?.sender ?? null;
  return { rights: rightsOf(levels, create, creator), levels, create, creator };
}

type Told = Pick<RoomDetails, "members" | "membersRevision" | "redactions">;

/** Null where nothing is known of the room. */
export function loadDetails(
  queries: Queries,
  roomId: RoomId,
  ownUserId: UserId,
  told: Told,
): RoomDetails | null {
  const row = queries.rooms.loadRoom.get({ roomId });
  if (row === undefined) return null;
  const content = (type: string): JsonObject => contentOf(stateRow(queries.rooms, roomId, type)) ?? {};
  const power = loadPower(queries.rooms, roomId);
  const { rights, create, creator, levels } = power;
  const avatar = parseMxc(content("m.room.avatar")["url"]);
  const alias = content("m.room.canonical_alias");
  const version = (create && plainText(create["room_version"], 32)) ?? "1";
  const name = (userId: UserId) => memberName(queries.rooms, roomId, userId);
  return {
    roomId,
    kind: create?.["type"] === "m.space" ? "space" : "room",
    membership: row.membership as RoomDetails["membership"],
    name: nameOf(content("m.room.name")["name"]) ?? "",
    topic: row.topic ?? "",
    avatar: avatar === null ? null : mxcPath(avatar, AVATAR_THUMBNAIL),
    canonicalAlias: aliasText(alias["alias"]),
    altAliases: listOf(alias["alt_aliases"], aliasText, 100),
    ...access(queries, roomId, content),
    isEncrypted: row.isEncrypted === 1,
    isFederated: create?.["m.federate"] !== false,
    version,
    possibleJoinRules: joinRulesOf(version),
    creator: creator === null ? null : { userId: creator, name: name(creator) },
    predecessor: predecessorOf(queries.rooms, create, creator),
    replacementId: row.replacementRoomId,
    joinedCount: row.joinedCount,
    invitedCount: row.invitedCount,
    ownUserId,
    ownLevel: rights.level(ownUserId),
    may: permissionsOf(rights, ownUserId, row.membership === "join"),
    usersDefault: rights.usersDefault,
    people: leveledPeople(rights, levels, create, creator).map((userId) => ({
      userId,
      name: name(userId),
      level: rights.level(userId),
    })),
    needs: neededLevels(levels),
    serverAcl: serverAclOf(contentOf(stateRow(queries.rooms, roomId, "m.room.server_acl"))),
    widgets: widgetsOf(queries.members, roomId),
    ...told,
  };
}

function access(queries: Queries, roomId: RoomId, content: (type: string) => JsonObject) {
  const rules = content("m.room.join_rules");
  const allow: readonly unknown[] = Array.isArray(rules["allow"]) ? rules["allow"] : [];
  const allowed = allow.flatMap((entry): RoomId[] => {
    const id = isObject(entry) && entry["type"] === "m.room_membership" ? stringOf(entry, "room_id") : null;
    return id === null ? [] : [id as RoomId];
  });
  return {
    joinRule: plainText(rules["join_rule"], 40) ?? "invite",
    allowedRooms: allowed.slice(0, 100).map((id) => ({
      roomId: id,
      name: queries.rooms.loadRoom.get({ roomId: id })?.name ?? oneLine(id, 255),
    })),
    historyVisibility: visibilityOf(content("m.room.history_visibility")["history_visibility"]),
    guestsMayJoin: content("m.room.guest_access")["guest_access"] === "can_join",
  };
}

const visibilities: readonly string[] = ["world_readable", "shared", "invited", "joined"];

/** Absent and unknown count as shared (HIS-06). */
const visibilityOf = (value: unknown): HistoryVisibility =>
  visibilities.includes(value as string) ? (value as HistoryVisibility) : "shared";

const aliasText = (value: unknown): string | null =>
  typeof value === "string" && value.startsWith("#") && value.length <= 255 ? oneLine(value, 255) : null;

function listOf<T>(value: unknown, parse: (one: unknown) => T | null, max: number): readonly T[] {
  if (!Array.isArray(value)) return [];
  const parsed: T[] = [];
  for (const one of value.slice(0, max) as readonly unknown[]) {
    const item = parse(one);
    if (item !== null) parsed.push(item);
  }
  return parsed;
}

function serverAclOf(content: JsonObject | null): ServerAcl | null {
  if (content === null) return null;
  const names = (value: unknown) => listOf(value, (one) => nameOf(one), 500);
  return {
    allow: names(content["allow"]),
    deny: names(content["deny"]),
    allowsIpLiterals: content["allow_ip_literals"] !== false,
  };
}

/** Widgets of the room: listed, never run. */
function widgetsOf(queries: MemberQueries, roomId: RoomId): readonly Widget[] {
  const rows = ["im.vector.modular.widgets", "m.widget"].flatMap((type) =>
    queries.stateOfType.all({ roomId, type }),
  );
  return rows.slice(0, 50).flatMap((row): Widget[] => {
    const content = contentOf(row) ?? {};
    const url = plainText(content["url"], 2000);
    if (url === null) return [];
    const type = nameOf(content["type"]) ?? "";
    return [{ id: oneLine(row.stateKey, 255), name: nameOf(content["name"]) ?? type, type, url }];
  });
}

/** Who upgraded a room was in the old one: their server knows it (spec: Server behaviour of room upgrades). */
function predecessorOf(
  queries: RoomQueries,
  create: JsonObject | null,
  creator: UserId | null,
): RoomDetails["predecessor"] {
  const roomId = stringOf(objectOf(create ?? {}, "predecessor"), "room_id") as RoomId | null;
  if (roomId === null || roomId === "") return null;
  const server = creator?.slice(creator.indexOf(":") + 1) ?? "";
  return {
    roomId,
    via: isServerName(server) ? [server] : [],
    isKnown: queries.loadRoom.get({ roomId }) !== undefined,
  };
}
