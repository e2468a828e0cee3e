import { isObject, stringList, type JsonObject } from "./json.ts";
import type { StoredEvent } from "./events.ts";
import { Room } from "./room.ts";
import type { ServerState } from "./state.ts";

/** What a membership change may carry besides the membership. */
export interface MembershipExtras {
  reason?: string | undefined;
  isDirect?: boolean | undefined;
  displayName?: string | undefined;
  avatarMxc?: string | undefined;
}

/** Content of a member event, with the profile filled in as servers do (for join and invite). */
export function memberContent(
  state: ServerState,
  userId: string,
  membership: string,
  extras: MembershipExtras = {},
): JsonObject {
  const content: JsonObject = { membership };
  const user = state.users.get(userId);
  if (membership === "join" || membership === "invite" || membership === "knock") {
    const name = extras.displayName ?? user?.displayName;
    const avatar = extras.avatarMxc ?? user?.avatarUrl;
    if (name !== undefined) content["displayname"] = name;
    if (avatar !== undefined) content["avatar_url"] = avatar;
  }
  if (extras.reason !== undefined) content["reason"] = extras.reason;
  if (extras.isDirect === true) content["is_direct"] = true;
  return content;
}

/** Appends a membership change, whoever asked and whether or not they may. */
export function changeMembership(
  state: ServerState,
  room: Room,
  change: { userId: string; sender: string; membership: string; originServerTs?: number },
  extras: MembershipExtras = {},
): StoredEvent {
  const event = state.append(room, {
    type: "m.room.member",
    stateKey: change.userId,
    sender: change.sender,
    content: memberContent(state, change.userId, change.membership, extras),
    originServerTs: change.originServerTs,
  });
  if (change.membership !== "join" && room.typing.delete(change.userId)) {
    room.typingChangedAt = event.position;
  }
  return event;
}

/** Writes a new profile into the member events of every room the user is in. */
export function propagateProfile(state: ServerState, userId: string): void {
  for (const roomId of state.roomsOf.get(userId) ?? []) {
    const room = state.rooms.get(roomId);
    if (!room?.joined.has(userId)) continue;
    changeMembership(state, room, { userId, sender: userId, membership: "join" });
  }
}

/** What a new room is made of. */
export interface RoomPlan {
  creator: string;
  version: string;
  preset: "private_chat" | "public_chat" | "trusted_private_chat";
  creationContent?: JsonObject;
  powerLevels?: JsonObject;
  initialState?: { type: string; stateKey: string; content: JsonObject }[];
  name?: string | undefined;
  topic?: string | undefined;
  alias?: string | undefined;
  invites?: string[];
  isDirect?: boolean;
}

/** Creates the room with its events in the order the specification gives for /createRoom. */
export function createRoom(state: ServerState, plan: RoomPlan): Room {
  const isDomainless = Number.parseInt(plan.version, 10) >= 12;
  const roomId = isDomainless ? `!${state.ids.next(43)}` : `!${state.ids.next(18)}:${state.serverName}`;
  const room = new Room(roomId, plan.version);
  state.rooms.set(roomId, room);
  const put = (type: string, content: JsonObject, stateKey = ""): void => {
    state.append(room, { type, stateKey, sender: plan.creator, content });
  };
  put("m.room.create", creationContent(plan, isDomainless));
  changeMembership(state, room, { userId: plan.creator, sender: plan.creator, membership: "join" });
  put("m.room.power_levels", powerLevels(plan, isDomainless));
  if (plan.alias !== undefined) {
    state.aliases.set(plan.alias, { roomId, creator: plan.creator });
    put("m.room.canonical_alias", { alias: plan.alias });
  }
  putPreset(plan, put);
  for (const entry of plan.initialState ?? []) put(entry.type, entry.content, entry.stateKey);
  if (plan.name !== undefined) put("m.room.name", { name: plan.name });
  if (plan.topic !== undefined) {
    const rich = { "m.text": [{ body: plan.topic, mimetype: "text/plain" }] };
    put("m.room.topic", { topic: plan.topic, "m.topic": rich });
  }
  for (const userId of plan.invites ?? []) {
    const change = { userId, sender: plan.creator, membership: "invite" };
    changeMembership(state, room, change, { isDirect: plan.isDirect });
  }
  return room;
}

function creationContent(plan: RoomPlan, isDomainless: boolean): JsonObject {
  const content: JsonObject = { ...plan.creationContent, room_version: plan.version };
  if (Number.parseInt(plan.version, 10) < 11) content["creator"] = plan.creator;
  if (isDomainless && plan.preset === "trusted_private_chat" && plan.invites?.length) {
    const given = stringList(content["additional_creators"]) ?? [];
    content["additional_creators"] = [...new Set([...given, ...plan.invites])];
  }
  return content;
}

function powerLevels(plan: RoomPlan, isDomainless: boolean): JsonObject {
  const users: Record<string, number> = {};
  if (!isDomainless) {
    users[plan.creator] = 100;
    if (plan.preset === "trusted_private_chat") for (const id of plan.invites ?? []) users[id] = 100;
  }
  const events = {
    "m.room.name": 50,
    "m.room.power_levels": 100,
    "m.room.history_visibility": 100,
    "m.room.canonical_alias": 50,
    "m.room.avatar": 50,
    "m.room.tombstone": isDomainless ? 150 : 100,
    "m.room.server_acl": 100,
    "m.room.encryption": 100,
  };
  const base: JsonObject = {
    users,
    users_default: 0,
    events,
    events_default: 0,
    state_default: 50,
    ban: 50,
    kick: 50,
    redact: 50,
    invite: 0,
    historical: 100,
  };
  const given = plan.powerLevels ?? {};
  return { ...base, ...given, ...(isObject(given["users"]) ? { users: given["users"] } : {}) };
}

function putPreset(plan: RoomPlan, put: (type: string, content: JsonObject) => void): void {
  const given = new Set((plan.initialState ?? []).map((entry) => entry.type));
  const isPublic = plan.preset === "public_chat";
  const preset: [string, JsonObject][] = [
    ["m.room.join_rules", { join_rule: isPublic ? "public" : "invite" }],
    ["m.room.history_visibility", { history_visibility: "shared" }],
    ["m.room.guest_access", { guest_access: isPublic ? "forbidden" : "can_join" }],
  ];
  for (const [type, content] of preset) if (!given.has(type)) put(type, content);
}
