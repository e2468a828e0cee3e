import { assertJoined, powerOf } from "./authorization.ts";
import { ok, type Answer, type Call } from "./call.ts";
import type { JsonObject } from "./json.ts";
import { objectOr, stringOr } from "./json.ts";
import { forbidden, MatrixError, notFound } from "./matrix-error.ts";
import type { Room } from "./room.ts";
import { route, type Route } from "./router.ts";

const CLIENT = "/_matrix/client/{client}";

/** Aliases and the published room list. */
export const directoryRoutes: readonly Route[] = [
  route("GET", `${CLIENT}/directory/room/:alias`, lookUp, { needsToken: false }),
  route("PUT", `${CLIENT}/directory/room/:alias`, addAlias),
  route("DELETE", `${CLIENT}/directory/room/:alias`, removeAlias),
  route("GET", `${CLIENT}/rooms/:roomId/aliases`, aliasesOf),
  route("GET", `${CLIENT}/publicRooms`, publicRooms, { needsToken: false }),
  route("POST", `${CLIENT}/publicRooms`, publicRooms),
  route("POST", `${CLIENT}/user_directory/search`, searchUsers),
];

function lookUp(call: Call): Answer {
  const { state } = call.site;
  const found = state.aliases.get(call.param("alias"));
  if (found === undefined) throw notFound(`Room alias ${call.param("alias")} not found`);
  return ok({ room_id: found.roomId, servers: [state.serverName] });
}

function addAlias(call: Call): Answer {
  const { state } = call.site;
  const alias = call.param("alias");
  const roomId = stringOr(call.json["room_id"], "");
  if (!alias.endsWith(`:${state.serverName}`)) {
    throw new MatrixError(400, "M_INVALID_PARAM", "Alias is not of this server");
  }
  if (state.aliases.has(alias)) throw new MatrixError(409, "M_UNKNOWN", "Room alias already exists");
  const room = state.rooms.get(roomId);
  if (room === undefined) throw notFound("Room not found");
  assertJoined(room, call.user.userId);
  state.aliases.set(alias, { roomId, creator: call.user.userId });
  return ok();
}

function removeAlias(call: Call): Answer {
  const { state } = call.site;
  const found = state.aliases.get(call.param("alias"));
  if (found === undefined) throw notFound("Alias not found");
  const room = state.rooms.get(found.roomId);
  const isAllowed = found.creator === call.user.userId || (room && powerOf(room, call.user.userId) >= 50);
  if (!isAllowed) throw forbidden("You don't have permission to delete the alias.");
  state.aliases.delete(call.param("alias"));
  return ok();
}

function aliasesOf(call: Call): Answer {
  assertJoined(call.room, call.user.userId);
  const { aliases } = call.site.state;
  const own = [...aliases].filter(([, entry]) => entry.roomId === call.room.id);
  return ok({ aliases: own.map(([alias]) => alias) });
}

/** A room as the directory lists it. */
export function describe(room: Room): JsonObject {
  const content = (type: string): JsonObject => room.state(type)?.raw.content ?? {};
  return {
    room_id: room.id,
    name: content("m.room.name")["name"],
    topic: content("m.room.topic")["topic"],
    canonical_alias: content("m.room.canonical_alias")["alias"],
    avatar_url: content("m.room.avatar")["url"],
    join_rule: content("m.room.join_rules")["join_rule"],
    num_joined_members: room.joined.size,
    world_readable: content("m.room.history_visibility")["history_visibility"] === "world_readable",
    guest_can_join: content("m.room.guest_access")["guest_access"] === "can_join",
    room_type: content("m.room.create")["type"],
  };
}

function publicRooms(call: Call): Answer {
  const { state } = call.site;
  const server = call.query.get("server");
  // There is no federation here: another server cannot be reached.
  if (server !== null && server !== state.serverName) {
    throw new MatrixError(502, "M_UNKNOWN", "Failed to fetch room list");
  }
  const body = call.method === "POST" ? call.optionalJson : Object.fromEntries(call.query);
  const term = stringOr(objectOr(body["filter"])["generic_search_term"], "").toLowerCase();
  const rooms = [...state.published]
    .map((id) => state.rooms.get(id))
    .filter((room) => room !== undefined)
    .map(describe)
    .filter(
      (room) =>
        [room["name"], room["topic"], room["canonical_alias"]].some(
          (text) => typeof text === "string" && text.toLowerCase().includes(term),
        ) || term === "",
    )
    .sort((a, b) => Number(b["num_joined_members"]) - Number(a["num_joined_members"]));
  const since = body["since"];
  const start = typeof since === "string" ? (state.tokens.decode(since) ?? 0) : 0;
  const limit = Number(body["limit"] ?? 100);
  const end = start + limit;
  return ok({
    chunk: rooms.slice(start, end),
    total_room_count_estimate: rooms.length,
    ...(end < rooms.length ? { next_batch: state.tokens.encode(end) } : {}),
    ...(start > 0 ? { prev_batch: state.tokens.encode(Math.max(0, start - limit)) } : {}),
  });
}

function searchUsers(call: Call): Answer {
  const term = stringOr(call.json["search_term"], "").toLowerCase();
  const limit = Number(call.json["limit"] ?? 10);
  const found = [...call.site.state.users.values()].filter((user) =>
    `${user.userId} ${user.displayName ?? ""}`.toLowerCase().includes(term),
  );
  const results = found.slice(0, limit).map((user) => ({
    user_id: user.userId,
    display_name: user.displayName,
    avatar_url: user.avatarUrl,
  }));
  return ok({ results, limited: found.length > limit });
}
