import { ok, type Answer, type Call } from "./call.ts";
import { allowsRoom, allowsType, parseSyncFilter, type SyncFilter } from "./filters.ts";
import { stripped, type StoredEvent } from "./events.ts";
import type { JsonObject } from "./json.ts";
import { invalidParam, MatrixError } from "./matrix-error.ts";
import type { Room } from "./room.ts";
import { route, type Route } from "./router.ts";
import { joinedSection, leftSection, type SyncQuery } from "./sync-room.ts";

/** Longest poll the server holds, ms. */
const MAX_TIMEOUT_MS = 120_000;

/** GET /sync. */
export const syncRoutes: readonly Route[] = [route("GET", "/_matrix/client/{client}/sync", sync)];

async function sync(call: Call): Promise<Answer> {
  const since = call.position("since") ?? 0;
  const filter = requestedFilter(call);
  const isFullState = call.query.get("full_state") === "true";
  const useStateAfter = call.query.get("use_state_after") === "true";
  const timeoutMs = call.integer("timeout", 0, MAX_TIMEOUT_MS);
  notePresence(call);
  if (since === 0) {
    call.device.knownMembers.clear();
    call.device.repeats.clear();
  }
  const { stream } = call.site.state;
  // Real time on purpose: a poll waits for its client, whatever the scripted clock says.
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const query = { call, filter, since, next: stream.position, isFullState, useStateAfter };
    const { json, hasNews } = buildAnswer(query);
    const left = deadline - performance.now();
    if (hasNews || since === 0 || isFullState || left <= 0 || call.signal.aborted) return ok(json);
    await stream.changed(left, call.signal);
    assertStillSignedIn(call);
  }
}

/** The token may have ended while the poll slept. */
function assertStillSignedIn(call: Call): void {
  const { state } = call.token ?? { state: "hard" };
  if (state === "valid" && call.site.state.accessTokens.has(call.token?.token ?? "")) return;
  const soft = { soft_logout: state === "soft" || state === "refreshable" };
  throw new MatrixError(401, "M_UNKNOWN_TOKEN", "Access token is no longer valid", soft);
}

function requestedFilter(call: Call): SyncFilter {
  const text = call.query.get("filter");
  if (text === null) return parseSyncFilter({});
  if (text.startsWith("{")) {
    try {
      return parseSyncFilter(JSON.parse(text));
    } catch (error) {
      if (error instanceof SyntaxError) throw invalidParam("Invalid filter JSON");
      throw error;
    }
  }
  const stored = /^\d+$/.test(text) ? call.user.filters[Number(text)] : undefined;
  if (stored === undefined) throw invalidParam("No such filter");
  return parseSyncFilter(stored);
}

function notePresence(call: Call): void {
  const wanted = call.query.get("set_presence") ?? "online";
  const { user } = call;
  call.device.lastSeenTs = call.site.state.now();
  if (wanted === "offline" || user.presence["presence"] === wanted) return;
  call.site.state.setPresence(user, { ...user.presence, presence: wanted });
}

interface Built {
  json: JsonObject;
  hasNews: boolean;
}

function buildAnswer(query: SyncQuery): Built {
  const rooms = roomSections(query);
  const presence = presenceEvents(query);
  const accountData = globalAccountData(query);
  const json = {
    next_batch: query.call.site.state.tokens.encode(query.next),
    account_data: { events: accountData },
    presence: { events: presence },
    rooms: rooms.sections,
    to_device: { events: [] },
    device_lists: { changed: [], left: [] },
    device_one_time_keys_count: {},
    device_unused_fallback_key_types: [],
  };
  return { json, hasNews: rooms.count + presence.length + accountData.length > 0 };
}

interface Sections {
  join: Record<string, JsonObject>;
  invite: Record<string, JsonObject>;
  knock: Record<string, JsonObject>;
  leave: Record<string, JsonObject>;
}

function roomSections(query: SyncQuery): { sections: Sections; count: number } {
  const sections: Sections = { join: {}, invite: {}, knock: {}, leave: {} };
  const { state } = query.call.site;
  const { user } = query.call;
  let count = 0;
  for (const roomId of state.roomsOf.get(user.userId) ?? []) {
    const room = state.rooms.get(roomId);
    if (room === undefined || !allowsRoom(query.filter, roomId)) continue;
    if (!mayHaveNews(query, room)) continue;
    if (addSection(query, room, sections)) count += 1;
  }
  return { sections, count };
}

function mayHaveNews(query: SyncQuery, room: Room): boolean {
  const { since, call } = query;
  if (since === 0 || query.isFullState || room.changedAt > since) return true;
  if ((call.user.roomDataChangedAt.get(room.id) ?? 0) > since) return true;
  const repeat = call.device.repeats.get(room.id);
  return repeat !== undefined && since >= repeat.after;
}

function addSection(query: SyncQuery, room: Room, sections: Sections): boolean {
  const { userId, forgotten } = query.call.user;
  const membership = room.state("m.room.member", userId);
  if (membership === undefined || forgotten.has(room.id)) return false;
  const isFresh = membership.position > query.since;
  switch (membership.raw.content["membership"]) {
    case "join": {
      const section = joinedSection(query, room);
      if (section !== undefined) sections.join[room.id] = section;
      return section !== undefined;
    }
    case "invite":
      if (isFresh) sections.invite[room.id] = { invite_state: { events: preview(room, membership) } };
      return isFresh;
    case "knock":
      if (isFresh) sections.knock[room.id] = { knock_state: { events: preview(room, membership) } };
      return isFresh;
    default: {
      const isShown = query.since === 0 ? query.filter.includeLeave : isFresh;
      if (isShown) sections.leave[room.id] = leftSection(query, room, membership);
      return isShown;
    }
  }
}

const PREVIEWED = [
  "m.room.create",
  "m.room.name",
  "m.room.avatar",
  "m.room.topic",
  "m.room.join_rules",
  "m.room.canonical_alias",
  "m.room.encryption",
];

/** Stripped state for someone not in the room: what it is called, who invites, the invitation. */
function preview(room: Room, membership: StoredEvent): JsonObject[] {
  const events = PREVIEWED.map((type) => room.state(type));
  const inviter = room.state("m.room.member", membership.raw.sender);
  const all = [...events, inviter === membership ? undefined : inviter, membership];
  return all.filter((event) => event !== undefined).map(stripped);
}

/** Presence of the reader and of those who share a room, when it changed. */
function presenceEvents(query: SyncQuery): JsonObject[] {
  const { call, since } = query;
  const events: JsonObject[] = [];
  if (!allowsType(query.filter.presence, "m.presence")) return events;
  for (const user of call.site.state.users.values()) {
    if (user.presencePosition <= since || !sharesRoom(query, user.userId)) continue;
    events.push({ type: "m.presence", sender: user.userId, content: user.presence });
  }
  return events;
}

function sharesRoom(query: SyncQuery, otherId: string): boolean {
  const { state } = query.call.site;
  const { userId } = query.call.user;
  if (otherId === userId) return true;
  for (const roomId of state.roomsOf.get(otherId) ?? []) {
    const room = state.rooms.get(roomId);
    if (room?.joined.has(userId) === true && room.joined.has(otherId)) return true;
  }
  return false;
}

function globalAccountData(query: SyncQuery): JsonObject[] {
  const { user } = query.call;
  return [...user.accountData]
    .filter(([type, entry]) => entry.position > query.since && allowsType(query.filter.accountData, type))
    .map(([type, entry]) => ({ type, content: entry.content }));
}
