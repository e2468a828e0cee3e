import { assertJoined, assertMayJoin, assertMayRemove, levelFor, powerOf } from "./authorization.ts";
import { ok, type Answer, type Call } from "./call.ts";
import { isObject, objectOr, stringList, stringOr, type JsonObject } from "./json.ts";
import { forbidden, invalidParam, MatrixError, notFound } from "./matrix-error.ts";
import { allowedRooms } from "./listing.ts";
import { changeMembership, createRoom, type RoomPlan } from "./membership.ts";
import type { Room } from "./room.ts";
import { route, type Route } from "./router.ts";

const CLIENT = "/_matrix/client/{client}";
const ROOM = `${CLIENT}/rooms/:roomId`;
/** What /createRoom makes when the client names no version (spec v1.16: 12). */
export const DEFAULT_ROOM_VERSION = "12";
export const ROOM_VERSIONS = ["6", "7", "8", "9", "10", "11", "12"];

/** Creating rooms and changing memberships. */
export const roomRoutes: readonly Route[] = [
  route("POST", `${CLIENT}/createRoom`, create),
  route("POST", `${CLIENT}/join/:roomIdOrAlias`, (call) => join(call, call.param("roomIdOrAlias"))),
  route("POST", `${CLIENT}/knock/:roomIdOrAlias`, knock),
  route("POST", `${ROOM}/join`, (call) => join(call, call.param("roomId"))),
  route("POST", `${ROOM}/leave`, leave),
  route("POST", `${ROOM}/forget`, forget),
  route("POST", `${ROOM}/invite`, invite),
  route("POST", `${ROOM}/kick`, (call) => remove(call, "leave")),
  route("POST", `${ROOM}/ban`, (call) => remove(call, "ban")),
  route("POST", `${ROOM}/unban`, unban),
];

const PRESETS = ["private_chat", "public_chat", "trusted_private_chat"] as const;

function create(call: Call): Answer {
  const body = call.json;
  const { state } = call.site;
  const version = stringOr(body["room_version"], DEFAULT_ROOM_VERSION);
  if (!ROOM_VERSIONS.includes(version)) {
    throw new MatrixError(400, "M_UNSUPPORTED_ROOM_VERSION", "Your homeserver does not support this");
  }
  const isPublic = body["visibility"] === "public";
  const preset = PRESETS.find((name) => name === body["preset"]);
  const alias = requestedAlias(call, body["room_alias_name"]);
  const invites = stringList(body["invite"]) ?? [];
  const blocked = invites.find((userId) => takesNoInvitations(call, userId));
  const plan: RoomPlan = {
    creator: call.user.userId,
    version,
    preset: preset ?? (isPublic ? "public_chat" : "private_chat"),
    creationContent: objectOr(body["creation_content"]),
    powerLevels: objectOr(body["power_level_content_override"]),
    initialState: initialState(body["initial_state"]),
    name: stringOr(body["name"], undefined),
    topic: stringOr(body["topic"], undefined),
    alias,
    invites: invites.filter((userId) => userId !== blocked),
    isDirect: body["is_direct"] === true,
  };
  const room = createRoom(state, plan);
  if (isPublic) state.published.add(room.id);
  // The room stays, as on Synapse, which invites last.
  if (blocked !== undefined) throw inviteBlocked(blocked);
  return ok({ room_id: room.id, ...(alias === undefined ? {} : { room_alias: alias }) });
}

function requestedAlias(call: Call, localpart: unknown): string | undefined {
  if (typeof localpart !== "string") return undefined;
  const alias = `#${localpart}:${call.site.state.serverName}`;
  if (call.site.state.aliases.has(alias)) {
    throw new MatrixError(400, "M_ROOM_IN_USE", "Room alias already taken");
  }
  return alias;
}

function initialState(given: unknown): NonNullable<RoomPlan["initialState"]> {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw invalidParam("initial_state must be a list");
  return given.filter(isObject).map((entry) => ({
    type: stringOr(entry["type"], ""),
    stateKey: stringOr(entry["state_key"], ""),
    content: objectOr(entry["content"]),
  }));
}

function findRoom(call: Call, idOrAlias: string): Room {
  const { state } = call.site;
  const roomId = idOrAlias.startsWith("#") ? state.aliases.get(idOrAlias)?.roomId : idOrAlias;
  if (roomId === undefined) throw notFound(`Room alias ${idOrAlias} not found`);
  const room = state.rooms.get(roomId);
  if (room === undefined) throw notFound("No known servers");
  return room;
}

function reasonOf(body: JsonObject): { reason?: string } {
  return typeof body["reason"] === "string" ? { reason: body["reason"] } : {};
}

function join(call: Call, idOrAlias: string): Answer {
  const room = findRoom(call, idOrAlias);
  const { userId } = call.user;
  const extras = reasonOf(call.optionalJson);
  const isAllowed = allowedRooms(room).some((id) => call.site.state.rooms.get(id)?.joined.has(userId));
  assertMayJoin(room, userId, isAllowed);
  if (!room.joined.has(userId)) {
    changeMembership(call.site.state, room, { userId, sender: userId, membership: "join" }, extras);
  }
  return ok({ room_id: room.id });
}

function knock(call: Call): Answer {
  const room = findRoom(call, call.param("roomIdOrAlias"));
  const { userId } = call.user;
  const rule = room.state("m.room.join_rules")?.raw.content["join_rule"];
  if (rule !== "knock" && rule !== "knock_restricted") throw forbidden("This room takes no knocks");
  if (["join", "ban", "invite"].includes(room.membership(userId))) throw forbidden("Cannot knock");
  const extras = reasonOf(call.optionalJson);
  changeMembership(call.site.state, room, { userId, sender: userId, membership: "knock" }, extras);
  return ok({ room_id: room.id });
}

function leave(call: Call): Answer {
  const { room, user } = call;
  const { userId } = user;
  const membership = room.membership(userId);
  if (membership === "ban" || room.state("m.room.member", userId) === undefined) {
    throw forbidden(`User ${userId} not in room ${room.id}`);
  }
  const extras = reasonOf(call.optionalJson);
  if (membership !== "leave") {
    changeMembership(call.site.state, room, { userId, sender: userId, membership: "leave" }, extras);
  }
  return ok();
}

function forget(call: Call): Answer {
  const { room, user } = call;
  if (["join", "invite", "knock"].includes(room.membership(user.userId))) {
    throw new MatrixError(400, "M_UNKNOWN", `User ${user.userId} is in room ${room.id}`);
  }
  user.forgotten.add(room.id);
  return ok();
}

function targetOf(body: JsonObject): string {
  const target = body["user_id"];
  if (typeof target !== "string" || !target.startsWith("@")) {
    throw new MatrixError(400, "M_MISSING_PARAM", "Missing user_id");
  }
  return target;
}

function invite(call: Call): Answer {
  const { room, user, site } = call;
  const body = call.json;
  const target = targetOf(body);
  assertJoined(room, user.userId);
  if (powerOf(room, user.userId) < levelFor(room, "invite")) {
    throw forbidden("You don't have permission to invite users");
  }
  const membership = room.membership(target);
  if (membership === "join") throw forbidden(`${target} is already in the room.`);
  if (membership === "ban") throw forbidden(`${target} is banned from the room`);
  if (takesNoInvitations(call, target)) throw inviteBlocked(target);
  const change = { userId: target, sender: user.userId, membership: "invite" };
  changeMembership(site.state, room, change, reasonOf(body));
  return ok();
}

const takesNoInvitations = ({ site }: Call, userId: string): boolean =>
  site.state.users.get(userId)?.accountData.get("m.invite_permission_config")?.content["default_action"] ===
  "block";
const inviteBlocked = (userId: string): MatrixError =>
  new MatrixError(403, "M_INVITE_BLOCKED", `${userId} takes no invitations`);

function remove(call: Call, membership: "leave" | "ban"): Answer {
  const { room, user, site } = call;
  const body = call.json;
  const target = targetOf(body);
  assertMayRemove(room, user.userId, target, membership === "ban" ? "ban" : "kick");
  // Whoever asks to join can be told no.
  const isThere = room.present.has(target) || room.membership(target) === "knock";
  if (membership === "leave" && !isThere) {
    throw forbidden("The target user is not in the room");
  }
  const change = { userId: target, sender: user.userId, membership };
  changeMembership(site.state, room, change, reasonOf(body));
  return ok();
}

function unban(call: Call): Answer {
  const { room, user, site } = call;
  const body = call.json;
  const target = targetOf(body);
  assertMayRemove(room, user.userId, target, "ban");
  if (room.membership(target) !== "ban") throw forbidden(`${target} is not banned`);
  const change = { userId: target, sender: user.userId, membership: "leave" };
  changeMembership(site.state, room, change, reasonOf(body));
  return ok();
}
