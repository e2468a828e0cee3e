import { fileable, type RawEvent } from "./events.ts";
import type { JsonObject } from "./json.ts";
import { propagateProfile } from "./membership.ts";
import { newUser } from "./new-user.ts";
import { openSession } from "./sessions.ts";
import type { Site } from "./site.ts";
import type { ServerState } from "./state.ts";
import type { SendOptions, World } from "./world-api.ts";
import { idOf, roomOf, testUser, userOf, type Verbs } from "./world-names.ts";
import { roomVerbs } from "./world-rooms.ts";

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
  "stages",
  "browser",
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

function people(
  state: ServerState,
): Verbs<
  | "addUser"
  | "user"
  | "setProfile"
  | "deactivate"
  | "addContact"
  | "setPresence"
  | "accountData"
  | "forgetFilters"
> {
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
    addContact(name, medium, address) {
      userOf(state, name).contacts.push({ medium, address, addedAt: state.now() });
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

function textOr(content: string | JsonObject): JsonObject {
  return typeof content === "string" ? { msgtype: "m.text", body: content } : content;
}

function eventVerbs(
  state: ServerState,
): Verbs<
  | "sendMessage"
  | "sendState"
  | "sendMany"
  | "redact"
  | "inject"
  | "setTyping"
  | "receipt"
  | "uploadMedia"
  | "addPage"
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
    addPage: (url, properties) => void state.pages.set(url, properties),
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
  | "messages"
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
    messages: () => state.messages,
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
