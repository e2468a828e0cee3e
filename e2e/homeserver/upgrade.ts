import { assertMaySend } from "./authorization.ts";
import { ok, type Answer, type Call } from "./call.ts";
import type { JsonObject } from "./json.ts";
import { objectOr, stringOr } from "./json.ts";
import { MatrixError } from "./matrix-error.ts";
import { createRoom } from "./membership.ts";
import type { Room } from "./room.ts";
import { ROOM_VERSIONS } from "./rooms.ts";
import { route, type Route } from "./router.ts";

/** Room upgrades. */
export const upgradeRoutes: readonly Route[] = [
  route("POST", "/_matrix/client/{client}/rooms/:roomId/upgrade", upgrade),
];

/** State that goes along (spec: room upgrades, server behaviour). */
const CARRIED = [
  "m.room.server_acl",
  "m.room.encryption",
  "m.room.name",
  "m.room.avatar",
  "m.room.topic",
  "m.room.guest_access",
  "m.room.history_visibility",
  "m.room.join_rules",
];

function upgrade(call: Call): Answer {
  const { room, user, site } = call;
  const version = stringOr(call.json["new_version"], undefined);
  if (version === undefined) throw new MatrixError(400, "M_MISSING_PARAM", "Missing new_version");
  if (!ROOM_VERSIONS.includes(version)) {
    throw new MatrixError(400, "M_UNSUPPORTED_ROOM_VERSION", "Your homeserver does not support this");
  }
  assertMaySend(room, user.userId, "m.room.tombstone", true);
  const next = successor(call, room, version);
  const append = (type: string, content: JsonObject): void => {
    site.state.append(room, { type, stateKey: "", sender: user.userId, content });
  };
  append("m.room.tombstone", { body: "This room has been replaced", replacement_room: next.id });
  moveAliases(call, room, next);
  return ok({ replacement_room: next.id });
}

function successor(call: Call, old: Room, version: string): Room {
  const { user, site } = call;
  const { type } = old.state("m.room.create")?.raw.content ?? {};
  const levels = { ...objectOr(old.state("m.room.power_levels")?.raw.content) };
  if (Number.parseInt(version, 10) >= 12) {
    const users = { ...objectOr(levels["users"]) };
    delete users[user.userId];
    levels["users"] = users;
  }
  const room = createRoom(site.state, {
    creator: user.userId,
    version,
    preset: "private_chat",
    creationContent: {
      predecessor: { room_id: old.id, event_id: old.timeline.at(-1)?.raw.event_id },
      ...(type === undefined ? {} : { type }),
    },
    powerLevels: levels,
    initialState: CARRIED.flatMap((carried) => {
      const content = old.state(carried)?.raw.content;
      return content === undefined ? [] : [{ type: carried, stateKey: "", content }];
    }),
  });
  if (site.state.published.delete(old.id)) site.state.published.add(room.id);
  return room;
}

function moveAliases(call: Call, old: Room, next: Room): void {
  const { aliases } = call.site.state;
  for (const [alias, entry] of aliases)
    if (entry.roomId === old.id) aliases.set(alias, { ...entry, roomId: next.id });
  const canonical = old.state("m.room.canonical_alias")?.raw.content;
  if (canonical === undefined) return;
  const draft = { type: "m.room.canonical_alias", stateKey: "", sender: call.user.userId };
  call.site.state.append(next, { ...draft, content: canonical });
  call.site.state.append(old, { ...draft, content: {} });
}
