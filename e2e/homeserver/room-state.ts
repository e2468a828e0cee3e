import { ok, type Answer, type Call } from "./call.ts";
import type { StoredEvent } from "./events.ts";
import type { JsonObject } from "./json.ts";
import { forbidden, notFound } from "./matrix-error.ts";
import type { Room } from "./room.ts";
import { route, type Route } from "./router.ts";
import { serveEvent } from "./serve-event.ts";
import { mayReadRoom, visibleEnd } from "./visibility.ts";

const CLIENT = "/_matrix/client/{client}";
const ROOM = `${CLIENT}/rooms/:roomId`;

/** Reading a room's state and members. */
export const roomStateRoutes: readonly Route[] = [
  route("GET", `${ROOM}/state`, wholeState),
  route("GET", `${ROOM}/state/:eventType`, oneState),
  route("GET", `${ROOM}/state/:eventType/:stateKey`, oneState),
  route("GET", `${ROOM}/members`, members),
  route("GET", `${ROOM}/joined_members`, joinedMembers),
  route("GET", `${CLIENT}/joined_rooms`, joinedRooms),
];

function readableRoom(call: Call): { room: Room; end: number } {
  const { room, user } = call;
  if (!mayReadRoom(room, user.userId)) throw forbidden(`User ${user.userId} not in room ${room.id}`);
  return { room, end: visibleEnd(room, user.userId) };
}

function wholeState(call: Call): Answer {
  const { room, end } = readableRoom(call);
  const events = room.allStateBefore(end, () => true);
  return ok(events.map((event) => serveEvent(room, event, call.reader, true)));
}

function oneState(call: Call): Answer {
  const { room, end } = readableRoom(call);
  const event = room.stateBefore(end, call.param("eventType"), call.param("stateKey"));
  if (event === undefined) throw notFound("Event not found.");
  if (call.query.get("format") === "event") return ok(serveEvent(room, event, call.reader, true));
  return ok(event.raw.content);
}

function members(call: Call): Answer {
  const { room, end } = readableRoom(call);
  const at = call.position("at");
  const index = at === undefined ? end : Math.min(room.indexAfter(at), end);
  const wanted = call.query.get("membership");
  const unwanted = call.query.get("not_membership");
  const fits = (event: StoredEvent): boolean => {
    const membership = event.raw.content["membership"];
    if (wanted !== null && membership !== wanted) return false;
    return unwanted === null || membership !== unwanted;
  };
  const chunk = room
    .allStateBefore(index, (type) => type === "m.room.member")
    .filter(fits)
    .map((event) => serveEvent(room, event, call.reader, true));
  return ok({ chunk });
}

function joinedMembers(call: Call): Answer {
  const { room, user } = call;
  if (!room.joined.has(user.userId)) throw forbidden(`User ${user.userId} not in room ${room.id}`);
  const joined: Record<string, JsonObject> = {};
  for (const userId of room.joined) {
    const content = room.state("m.room.member", userId)?.raw.content ?? {};
    joined[userId] = { display_name: content["displayname"], avatar_url: content["avatar_url"] };
  }
  return ok({ joined });
}

function joinedRooms(call: Call): Answer {
  const { state } = call.site;
  const { userId } = call.user;
  const ids = [...(state.roomsOf.get(userId) ?? [])];
  return ok({ joined_rooms: ids.filter((id) => state.rooms.get(id)?.joined.has(userId)) });
}
