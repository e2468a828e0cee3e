import { objectOr, stringList, type JsonObject } from "./json.ts";
import { changeMembership, createRoom, type MembershipExtras } from "./membership.ts";
import type { ServerState } from "./state.ts";
import type { RoomOptions } from "./world-api.ts";
import { idOf, roomOf, type Verbs } from "./world-names.ts";

/** Rooms and memberships of the world. */
export function roomVerbs(
  state: ServerState,
): Verbs<"createRoom" | "join" | "leave" | "invite" | "knock" | "kick" | "ban" | "setAlias"> {
  const change = (
    roomId: string,
    user: string,
    membership: string,
    by = user,
    extras: MembershipExtras = {},
  ): string => {
    const names = { userId: idOf(state, user), sender: idOf(state, by), membership };
    return changeMembership(state, roomOf(state, roomId), names, extras).raw.event_id;
  };
  const creator = (roomId: string): string => roomOf(state, roomId).state("m.room.create")?.raw.sender ?? "";
  return {
    createRoom: (options) => populatedRoom(state, options),
    join: (roomId, user, extras) => change(roomId, user, "join", user, extras),
    leave: (roomId, user, reason) => change(roomId, user, "leave", user, { reason }),
    invite: (roomId, user, by, extras) => change(roomId, user, "invite", by ?? creator(roomId), extras),
    knock: (roomId, user, reason) => change(roomId, user, "knock", user, { reason }),
    kick: (roomId, user, by, reason) => change(roomId, user, "leave", by ?? creator(roomId), { reason }),
    ban: (roomId, user, by, reason) => change(roomId, user, "ban", by ?? creator(roomId), { reason }),
    setAlias(alias, roomId) {
      if (roomId === null) state.aliases.delete(alias);
      else state.aliases.set(alias, { roomId, creator: creator(roomId) });
    },
  };
}

function populatedRoom(state: ServerState, options: RoomOptions): string {
  const creator = idOf(state, options.creator);
  const members = (options.members ?? [])
    .map((name) => idOf(state, name))
    .filter((userId) => userId !== creator);
  const room = createRoom(state, {
    creator,
    version: options.version ?? "11",
    preset: options.joinRule === "public" ? "public_chat" : "private_chat",
    creationContent: options.type === undefined ? {} : { type: options.type },
    powerLevels: options.powerLevels ?? {},
    initialState: initialState(options),
    name: options.name,
    topic: options.topic,
    alias: aliasOf(state, options.alias),
    invites: (options.invited ?? []).map((name) => idOf(state, name)),
    isDirect: options.isDirect ?? false,
  });
  for (const userId of members) {
    changeMembership(state, room, { userId, sender: userId, membership: "join" });
  }
  if (options.published === true) state.published.add(room.id);
  if (options.isDirect === true) noteDirect(state, room.id, creator, members);
  return room.id;
}

function aliasOf(state: ServerState, alias: string | undefined): string | undefined {
  if (alias === undefined || alias.startsWith("#")) return alias;
  return `#${alias}:${state.serverName}`;
}

function initialState(options: RoomOptions) {
  const entries = (options.initialState ?? []).map(({ type, stateKey = "", content }) => ({
    type,
    stateKey,
    content,
  }));
  const add = (type: string, content: JsonObject): void => {
    entries.push({ type, stateKey: "", content });
  };
  if (options.encrypted === true) add("m.room.encryption", { algorithm: "m.megolm.v1.aes-sha2" });
  if (options.avatarMxc !== undefined) add("m.room.avatar", { url: options.avatarMxc });
  if (options.joinRule !== undefined) add("m.room.join_rules", { join_rule: options.joinRule });
  if (options.historyVisibility !== undefined) {
    add("m.room.history_visibility", { history_visibility: options.historyVisibility });
  }
  return entries;
}

/** m.direct is the clients' own book-keeping; a seeded world does it for them. */
function noteDirect(state: ServerState, roomId: string, creator: string, members: string[]): void {
  for (const userId of [creator, ...members]) {
    const user = state.users.get(userId);
    if (user === undefined) continue;
    const direct: JsonObject = { ...objectOr(user.accountData.get("m.direct")?.content) };
    for (const other of userId === creator ? members : [creator]) {
      direct[other] = [...(stringList(direct[other]) ?? []), roomId];
    }
    state.setAccountData(user, null, "m.direct", direct);
  }
}
