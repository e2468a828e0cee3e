import { fileable, type RawEvent } from "./events.ts";
import type { JsonObject } from "./json.ts";
import { objectOr, stringList } from "./json.ts";
import { changeMembership, createRoom, propagateProfile, type MembershipExtras } from "./membership.ts";
import { newUser } from "./new-user.ts";
import type { Room } from "./room.ts";
import { openSession } from "./sessions.ts";
import type { Site } from "./site.ts";
import type { ServerState } from "./state.ts";
import type { User } from "./users.ts";
import type { RoomOptions, SendOptions, TestUser, World } from "./world-api.ts";

/** The world over a site: its switches are the site's own, its verbs act on the state. */
export function createWorld(site: Site): World {
  const { state } = site;
  const verbs = { ...people(state), ...roomVerbs(state), ...eventVerbs(state), ...readings(state) };
  const world = { ...verbs, ...tokenVerbs(state) };
  return Object.defineProperties(world, switches(site)) as World;
}

const SWITCHES = [
  "versions",
  "unstableFeatures",
  "capabilities",
  "media",
  "loginFlows",
  "wellKnown",
  "turnServer",
  "accessTokenLifetimeMs",
  "maxUploadBytes",
] as const;

function switches(site: Site): PropertyDescriptorMap {
  const target = site as unknown as Record<string, unknown>;
  return Object.fromEntries(
    SWITCHES.map((key) => [
      key,
      {
        enumerable: true,
        get: () => target[key],
        set: (value: unknown) => {
          target[key] = value;
        },
      },
    ]),
  );
}

/** Full id of a user named by localpart or id. */
function idOf(state: ServerState, user: string): string {
  return user.startsWith("@") ? user : `@${user}:${state.serverName}`;
}

function userOf(state: ServerState, name: string): User {
  const user = state.users.get(idOf(state, name));
  if (user === undefined) throw new Error(`No user ${name} in this world`);
  return user;
}

function roomOf(state: ServerState, roomId: string): Room {
  const room = state.rooms.get(roomId);
  if (room === undefined) throw new Error(`No room ${roomId} in this world`);
  return room;
}

function testUser(user: User): TestUser {
  return {
    userId: user.userId,
    localpart: user.localpart,
    password: user.password,
    get displayName() {
      return user.displayName;
    },
    get avatarUrl() {
      return user.avatarUrl;
    },
    get deviceIds() {
      return [...user.devices.keys()];
    },
  };
}

type Verbs<K extends keyof World> = Pick<World, K>;

function people(
  state: ServerState,
): Verbs<"addUser" | "user" | "setProfile" | "deactivate" | "setPresence" | "accountData" | "forgetFilters"> {
  return {
    addUser(localpart, options = {}) {
      const user = newUser(state, localpart, options.password ?? "password");
      if (options.displayName !== undefined) user.displayName = options.displayName;
      const { avatar } = options;
      if (avatar !== undefined) user.avatarUrl = state.storeMedia(avatar.bytes, avatar.contentType);
      return testUser(user);
    },
    user: (name) => testUser(userOf(state, name)),
    setProfile(name, profile) {
      const user = userOf(state, name);
      if (profile.displayName !== undefined) user.displayName = profile.displayName;
      if (profile.avatarMxc !== undefined) user.avatarUrl = profile.avatarMxc;
      propagateProfile(state, user.userId);
    },
    deactivate(name) {
      userOf(state, name).isDeactivated = true;
    },
    setPresence: (name, content) => state.setPresence(userOf(state, name), content),
    accountData(name, roomId, type, content) {
      state.setAccountData(userOf(state, name), roomId, type, content);
    },
    forgetFilters(name) {
      // Ids of forgotten filters must not come to mean another one.
      const { filters } = userOf(state, name);
      filters.fill(undefined);
    },
  };
}

function roomVerbs(
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

function textOr(content: string | JsonObject): JsonObject {
  return typeof content === "string" ? { msgtype: "m.text", body: content } : content;
}

function eventVerbs(
  state: ServerState,
): Verbs<
  "sendMessage" | "sendState" | "sendMany" | "redact" | "inject" | "setTyping" | "receipt" | "uploadMedia"
> {
  return {
    sendMessage(roomId, sender, content, options: SendOptions = {}) {
      const { transactionId } = options;
      const userId = idOf(state, sender);
      const sentBy = transactionId === undefined ? undefined : { userId, deviceId: null, transactionId };
      const event = state.append(roomOf(state, roomId), {
        type: options.type ?? "m.room.message",
        sender: userId,
        content: textOr(content),
        originServerTs: options.originServerTs,
        sentBy,
      });
      return event.raw.event_id;
    },
    sendState(roomId, sender, type, stateKey, content, options = {}) {
      const draft = { type, sender: idOf(state, sender), stateKey, content, ...options };
      return state.append(roomOf(state, roomId), draft).raw.event_id;
    },
    sendMany(roomId, n, make) {
      const room = roomOf(state, roomId);
      return Array.from({ length: n }, (_, index) => {
        const { sender, content, type = "m.room.message", ...rest } = make(index);
        const draft = { ...rest, type, sender: idOf(state, sender), content: textOr(content) };
        return state.append(room, draft).raw.event_id;
      });
    },
    redact(roomId, sender, eventId, reason) {
      const room = roomOf(state, roomId);
      const target = room.byId.get(eventId);
      if (target === undefined) throw new Error(`No event ${eventId} in ${roomId}`);
      return state.redact(room, target, { sender: idOf(state, sender) }, reason).raw.event_id;
    },
    inject(roomId, json) {
      const raw = fileable(json, state.newEventId(), state.now());
      return state.file(roomOf(state, roomId), raw, null, { json }).raw.event_id;
    },
    setTyping(roomId, users) {
      state.setTyping(
        roomOf(state, roomId),
        users.map((user) => idOf(state, user)),
      );
    },
    receipt(roomId, user, eventId, type = "m.read", threadId) {
      if (type === "m.fully_read") {
        state.setAccountData(userOf(state, user), roomId, type, { event_id: eventId });
      } else {
        state.setReceipt(roomOf(state, roomId), idOf(state, user), type, eventId, threadId);
      }
    },
    uploadMedia: (bytes, contentType, fileName) => state.storeMedia(bytes, contentType, fileName),
  };
}

function readings(
  state: ServerState,
): Verbs<
  | "events"
  | "rooms"
  | "state"
  | "members"
  | "typing"
  | "receipts"
  | "readAccountData"
  | "watch"
  | "now"
  | "at"
> {
  return {
    events: (roomId): readonly RawEvent[] => roomOf(state, roomId).timeline.map((event) => event.raw),
    rooms: () => [...state.rooms.keys()],
    state: (roomId, type, stateKey) => roomOf(state, roomId).state(type, stateKey)?.raw.content,
    members: (roomId) => [...roomOf(state, roomId).joined],
    typing: (roomId) => [...roomOf(state, roomId).typing],
    receipts: (roomId) =>
      [...roomOf(state, roomId).receipts.values()].map(({ userId, type, eventId, threadId }) => ({
        ...{ userId, type, eventId, threadId },
      })),
    readAccountData(name, roomId, type) {
      const user = userOf(state, name);
      const data = roomId === null ? user.accountData : user.roomData.get(roomId);
      return data?.get(type)?.content;
    },
    watch(listener) {
      state.watchers.add(listener);
      return () => void state.watchers.delete(listener);
    },
    now: () => state.now(),
    at(time, act) {
      const { clock } = state;
      state.clock = () => time;
      try {
        return act();
      } finally {
        state.clock = clock;
      }
    },
  };
}

function tokenVerbs(state: ServerState): Verbs<"login" | "expireToken"> {
  return {
    login(name, deviceId) {
      const request = { deviceId, deviceName: undefined, wantsRefreshToken: false, lifetimeMs: null };
      const token = openSession(state, userOf(state, name), request);
      return { accessToken: token.token, deviceId: token.deviceId };
    },
    expireToken(name, mode) {
      const { userId } = userOf(state, name);
      for (const token of state.accessTokens.values()) {
        if (token.userId !== userId || token.state !== "valid") continue;
        token.state = mode;
        if (mode !== "refreshable" && token.refreshToken !== undefined) {
          state.refreshTokens.delete(token.refreshToken);
        }
      }
      // Polls that sleep must learn of it now, as they would from a real server cutting them off.
      state.stream.advance();
    },
  };
}
