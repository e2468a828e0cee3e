import { assertJoined, powerOf } from "./authorization.ts";
import { ok, type Answer, type Call } from "./call.ts";
import { describe } from "./directory.ts";
import { objectOr, stringList, stringOr, type JsonObject } from "./json.ts";
import { forbidden, invalidParam, MatrixError, notFound } from "./matrix-error.ts";
import type { Room } from "./room.ts";
import { route, type Route } from "./router.ts";
import { stripped } from "./events.ts";

const CLIENT = "/_matrix/client/{client}";
const V1 = "/_matrix/client/v1";

/** What may be known of a room from outside: its place in the directory, its summary, the tree of a space; reports. */
export const listingRoutes: readonly Route[] = [
  route("GET", `${CLIENT}/directory/list/room/:roomId`, isPublished, { needsToken: false }),
  route("PUT", `${CLIENT}/directory/list/room/:roomId`, publish),
  route("GET", `${V1}/room_summary/:roomIdOrAlias`, summary),
  route("GET", `${V1}/rooms/:roomId/hierarchy`, hierarchy),
  route("POST", `${CLIENT}/rooms/:roomId/report`, reportRoom),
  route("POST", `${CLIENT}/rooms/:roomId/report/:eventId`, reportEvent),
  route("POST", `${CLIENT}/users/:userId/report`, reportUser),
];

function isPublished(call: Call): Answer {
  const { state } = call.site;
  const roomId = call.param("roomId");
  if (!state.rooms.has(roomId)) throw notFound("Unknown room");
  return ok({ visibility: state.published.has(roomId) ? "public" : "private" });
}

function publish(call: Call): Answer {
  const { room, site, user } = call;
  const visibility = stringOr(call.json["visibility"], "public");
  if (visibility !== "public" && visibility !== "private") throw invalidParam("Invalid visibility");
  assertJoined(room, user.userId);
  if (powerOf(room, user.userId) < levelToPublish(room)) {
    throw forbidden("This server requires you to be a moderator in the room to edit its room list entry");
  }
  if (visibility === "public") site.state.published.add(room.id);
  else site.state.published.delete(room.id);
  return ok();
}

/** As Synapse has it: who may set the canonical alias. */
function levelToPublish(room: Room): number {
  const events = objectOr(room.state("m.room.power_levels")?.raw.content["events"]);
  const level = events["m.room.canonical_alias"];
  return typeof level === "number" ? level : 50;
}

function found(call: Call, idOrAlias: string): Room {
  const { state } = call.site;
  const roomId = idOrAlias.startsWith("#") ? state.aliases.get(idOrAlias)?.roomId : idOrAlias;
  const room = roomId === undefined ? undefined : state.rooms.get(roomId);
  if (room === undefined) throw notFound("Room not found");
  return room;
}

/** Spec, room summary: public, knockable, world readable, allowed by a restricted rule, invited or joined. */
function isOpenTo(call: Call, room: Room): boolean {
  const { userId } = call.user;
  if (["join", "invite", "knock"].includes(room.membership(userId))) return true;
  const visibility = room.state("m.room.history_visibility")?.raw.content["history_visibility"];
  if (visibility === "world_readable") return true;
  const rule = room.state("m.room.join_rules")?.raw.content["join_rule"];
  if (rule === "public" || rule === "knock" || rule === "knock_restricted") return true;
  return rule === "restricted" && isAllowed(call, room);
}

function isAllowed(call: Call, room: Room): boolean {
  return allowedRooms(room).some((id) => call.site.state.rooms.get(id)?.joined.has(call.user.userId));
}

/** Rooms whose members a restricted room lets in. */
export function allowedRooms(room: Room): string[] {
  const allow = room.state("m.room.join_rules")?.raw.content["allow"];
  if (!Array.isArray(allow)) return [];
  return allow.flatMap((entry) => stringOr(objectOr(entry)["room_id"], undefined) ?? []);
}

function described(room: Room): JsonObject {
  const allowed = allowedRooms(room);
  return {
    ...describe(room),
    room_version: room.version,
    ...(allowed.length === 0 ? {} : { allowed_room_ids: allowed }),
  };
}

function summary(call: Call): Answer {
  const room = found(call, call.param("roomIdOrAlias"));
  if (!isOpenTo(call, room)) throw notFound("Room not found");
  const membership = room.membership(call.user.userId);
  return ok({ ...described(room), membership });
}

const PAGE = 50;

function hierarchy(call: Call): Answer {
  const { room } = call;
  if (!isOpenTo(call, room)) throw forbidden("You are not allowed to see this space");
  const from = call.query.get("from");
  const start = from === null ? 0 : (call.site.state.tokens.decode(from) ?? -1);
  if (start < 0) throw invalidParam("Unknown pagination token");
  const limit = Math.max(1, call.integer("limit", PAGE, PAGE));
  const depth = call.integer("max_depth", 10, 10);
  const rooms = walk(call, room, depth, call.query.get("suggested_only") === "true");
  const end = start + limit;
  return ok({
    rooms: rooms.slice(start, end),
    ...(end < rooms.length ? { next_batch: call.site.state.tokens.encode(end) } : {}),
  });
}

/** The space and what it names, depth first; rooms the reader may not know of are left out. */
function walk(call: Call, top: Room, maxDepth: number, isSuggestedOnly: boolean): JsonObject[] {
  const seen = new Set<string>();
  const out: JsonObject[] = [];
  const visit = (room: Room, depth: number): void => {
    if (seen.has(room.id) || !isOpenTo(call, room)) return;
    seen.add(room.id);
    const children = depth <= maxDepth ? childrenOf(room, isSuggestedOnly) : [];
    const at = call.site.state.now();
    out.push({
      ...described(room),
      children_state: children.map((event) => ({ ...stripped(event), origin_server_ts: at })),
    });
    if (depth === maxDepth) return;
    for (const event of children) {
      const child = call.site.state.rooms.get(event.raw.state_key ?? "");
      if (child !== undefined) visit(child, depth + 1);
    }
  };
  visit(top, 0);
  return out;
}

function childrenOf(room: Room, isSuggestedOnly: boolean) {
  if (room.state("m.room.create")?.raw.content["type"] !== "m.space") return [];
  const events = [...(room.history.get("m.space.child")?.values() ?? [])].flatMap(
    (history) => history.at(-1) ?? [],
  );
  const order = (content: JsonObject): string | undefined => stringOr(content["order"], undefined);
  return events
    .filter(({ raw }) => (stringList(raw.content["via"]) ?? []).length > 0)
    .filter(({ raw }) => !isSuggestedOnly || raw.content["suggested"] === true)
    .sort((a, b) => {
      const [x, y] = [order(a.raw.content), order(b.raw.content)];
      if (x !== y) return x === undefined ? 1 : y === undefined ? -1 : x < y ? -1 : 1;
      return (a.raw.state_key ?? "") < (b.raw.state_key ?? "") ? -1 : 1;
    });
}

function reasonOf(call: Call): string {
  const { reason } = call.json;
  if (typeof reason !== "string") throw new MatrixError(400, "M_BAD_JSON", "reason is missing");
  return reason;
}

function reportRoom(call: Call): Answer {
  reasonOf(call);
  if (!call.site.state.rooms.has(call.param("roomId"))) throw notFound("Room does not exist");
  return ok();
}

/** Spec: 404 also for who is not in the room. */
function reportEvent(call: Call): Answer {
  const { room, user } = call;
  reasonOf(call);
  const isKnown = room.byId.has(call.param("eventId"));
  if (!isKnown || room.membership(user.userId) !== "join") throw notFound("Unable to report event");
  return ok();
}

function reportUser(call: Call): Answer {
  reasonOf(call);
  if (!call.site.state.users.has(call.param("userId"))) throw notFound("User does not exist");
  return ok();
}
