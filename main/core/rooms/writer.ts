import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { RoomPreview } from "../../../preload/contract/models/room.ts";
import {
  isObject,
  objectOf,
  parseEvent,
  stringOf,
  type JsonObject,
  type MatrixEvent,
  type StrippedEvent,
} from "../event.ts";
import { parseMxc } from "../mxc.ts";
import type { Store } from "../store/store.ts";
import { roomQueries, type RoomQueries, type RoomRow } from "../store/queries/rooms.ts";
import { plainText } from "../text.ts";
import { parseDirect, parseMuted, parseTags } from "./account-data.ts";
import { computeRoomName } from "./name.ts";

// Applies what sync brings about rooms. Everything here runs inside the caller's cache transaction.

export interface RoomWriterDeps {
  readonly store: Store;
  /** What a message looks like in one line; null for what is never a preview (timeline's knowledge). */
  readonly buildPreview: (event: MatrixEvent) => RoomPreview | null;
  /** Ms since the epoch; a message from the future must not stand on top of the list for ever (SYN-30). */
  readonly now: () => number;
}

/** A member's name and picture as they are now. */
export interface Profile {
  readonly name: string | null;
  readonly avatarMxc: string | null;
}

/** What a sync response says about one room besides its events. */
export interface RoomFacts {
  readonly roomId: RoomId;
  readonly membership: "join" | "leave";
  readonly heroes: readonly UserId[] | null;
  readonly joined: number | null;
  readonly invited: number | null;
  readonly unread: { readonly count: number; readonly highlight: number } | null;
  readonly accountData: readonly { readonly type: string; readonly content: JsonObject }[];
  /** Events newly stored, in timeline order. */
  readonly added: readonly MatrixEvent[];
  /** Events whose content is gone. */
  readonly redacted: readonly EventId[];
}

export interface RoomWriter {
  /** One state event becomes current state (STA-01). */
  applyStateEvent(roomId: RoomId, event: MatrixEvent): void;
  profileOf(roomId: RoomId, userId: UserId): Profile | null;
  /** Last of a room's steps: its row in the list. */
  applyRoom(facts: RoomFacts, ownUserId: UserId): void;
  applyStripped(
    roomId: RoomId,
    membership: "invite" | "knock",
    state: readonly StrippedEvent[],
    ownUserId: UserId,
  ): void;
  /** Global account data. Returns the rooms whose row changed. */
  applyAccountData(type: string, content: JsonObject, ownUserId: UserId): readonly RoomId[];
}

export function createRoomWriter(deps: RoomWriterDeps): RoomWriter {
  const queries = roomQueries(deps.store.cache);
  return {
    applyStateEvent: (roomId, event) => applyStateEvent(queries, roomId, event),
    profileOf(roomId, userId) {
      const member = queries.loadMember.get({ roomId, userId });
      return member === undefined ? null : { name: member.displayName, avatarMxc: member.avatarMxc };
    },
    applyRoom(facts, ownUserId) {
      const base = queries.loadRoom.get({ roomId: facts.roomId }) ?? newRow(facts.roomId, queries);
      stripRedactedState(queries, facts.roomId, facts.redacted);
      const row = withState(queries, withFacts(base, facts), ownUserId);
      queries.putRoom.run(withPreview(deps, queries, row, facts, ownUserId));
    },
    applyStripped(roomId, membership, state, ownUserId) {
      for (const event of state) applyStrippedEvent(queries, roomId, event);
      const own = state.find((event) => event.type === "m.room.member" && event.stateKey === ownUserId);
      const base = queries.loadRoom.get({ roomId }) ?? newRow(roomId, queries);
      const row: RoomRow = {
        ...base,
        membership,
        inviterId: own?.sender ?? null,
        inviteIsDirect: own?.content["is_direct"] === true ? 1 : 0,
        lastActivityTs:
          base.membership === membership && base.lastActivityTs > 0 ? base.lastActivityTs : deps.now(),
      };
      queries.putRoom.run(withState(queries, row, ownUserId));
    },
    applyAccountData: (type, content, ownUserId) => applyGlobalAccountData(queries, type, content, ownUserId),
  };
}

function applyStateEvent(queries: RoomQueries, roomId: RoomId, event: MatrixEvent): void {
  if (event.stateKey === null) return;
  if (event.type === "m.room.member") {
    putMember(queries, roomId, event.stateKey as UserId, event.content);
    return;
  }
  queries.putState.run({
    roomId,
    type: event.type,
    stateKey: event.stateKey,
    eventId: event.eventId,
    sender: event.sender,
    content: JSON.stringify(event.content),
  });
}

function applyStrippedEvent(queries: RoomQueries, roomId: RoomId, event: StrippedEvent): void {
  if (event.type === "m.room.member") {
    putMember(queries, roomId, event.stateKey as UserId, event.content);
    return;
  }
  const { type, stateKey, sender } = event;
  queries.putState.run({
    roomId,
    type,
    stateKey,
    sender,
    eventId: null,
    content: JSON.stringify(event.content),
  });
}

function putMember(queries: RoomQueries, roomId: RoomId, userId: UserId, content: JsonObject): void {
  const membership = stringOf(content, "membership");
  if (membership === null) return; // malformed counts as absent (MAL-04)
  queries.putMember.run({
    roomId,
    userId,
    membership,
    displayName: plainText(content["displayname"], 256),
    avatarMxc: parseMxc(content["avatar_url"]),
  });
}

function newRow(roomId: RoomId, queries: RoomQueries): RoomRow {
  const direct = accountData(queries, "m.direct");
  const rules = accountData(queries, "m.push_rules");
  return {
    roomId,
    membership: "join",
    name: null,
    topic: null,
    avatarMxc: null,
    joinedCount: 0,
    invitedCount: 0,
    heroes: "[]",
    unread: 0,
    highlight: 0,
    lastActivityTs: 0,
    preview: null,
    previewEventId: null,
    isEncrypted: 0,
    isMuted: rules !== null && parseMuted(rules).has(roomId) ? 1 : 0,
    tags: "[]",
    directUserId: direct === null ? null : (parseDirect(direct).get(roomId) ?? null),
    fullyReadEventId: null,
    replacementRoomId: null,
    inviterId: null,
    inviteIsDirect: 0,
  };
}

function accountData(queries: RoomQueries, type: string): JsonObject | null {
  const row = queries.loadAccountData.get({ roomId: "", type });
  const content: unknown = row === undefined ? null : JSON.parse(row.content);
  return isObject(content) ? content : null;
}

function withFacts(row: RoomRow, facts: RoomFacts): RoomRow {
  let { tags, fullyReadEventId } = row;
  for (const { type, content } of facts.accountData) {
    if (type === "m.tag") tags = JSON.stringify(parseTags(content));
    if (type === "m.fully_read") fullyReadEventId = stringOf(content, "event_id") as EventId | null;
  }
  return {
    ...row,
    tags,
    fullyReadEventId,
    membership: facts.membership,
    heroes: facts.heroes === null ? row.heroes : JSON.stringify(facts.heroes),
    joinedCount: facts.joined ?? row.joinedCount,
    invitedCount: facts.invited ?? row.invitedCount,
    unread: facts.unread?.count ?? row.unread,
    highlight: facts.unread?.highlight ?? row.highlight,
  };
}

/** The columns that follow from current state and members. */
function withState(queries: RoomQueries, row: RoomRow, ownUserId: UserId): RoomRow {
  const { roomId } = row;
  const content = (type: string): JsonObject => stateContent(queries, roomId, type) ?? {};
  const own = queries.loadMember.get({ roomId, userId: ownUserId });
  const membership = row.membership === "leave" && own?.membership === "ban" ? "ban" : row.membership;
  const heroes = heroProfiles(queries, row, ownUserId);
  const avatar = parseMxc(content("m.room.avatar")["url"]);
  const tombstone = stringOf(content("m.room.tombstone"), "replacement_room");
  const isPair = row.directUserId !== null || row.joinedCount + row.invitedCount <= 2;
  return {
    ...row,
    membership,
    name: computeRoomName({
      stateName: plainText(content("m.room.name")["name"], 256),
      canonicalAlias: plainText(content("m.room.canonical_alias")["alias"], 256),
      heroNames: heroes.map((hero) => hero.displayName ?? hero.userId),
      memberCount: row.joinedCount + row.invitedCount,
      inviterName: row.inviterId === null ? null : nameOf(queries, roomId, row.inviterId),
    }),
    topic: plainText(content("m.room.topic")["topic"], 4000),
    // A chat of two shows the other person when the room has no picture of its own.
    avatarMxc: avatar ?? (isPair && heroes.length === 1 ? (heroes[0]?.avatarMxc ?? null) : null),
    isEncrypted: stateContent(queries, roomId, "m.room.encryption") === null ? 0 : 1,
    replacementRoomId: tombstone === "" ? null : (tombstone as RoomId | null),
  };
}

function heroProfiles(queries: RoomQueries, row: RoomRow, ownUserId: UserId) {
  const ids = (JSON.parse(row.heroes) as UserId[]).filter((userId) => userId !== ownUserId);
  if (ids.length === 0) return queries.someMembers.all({ roomId: row.roomId, ownUserId }).slice(0, 5);
  return ids.map(
    (userId) =>
      queries.loadMember.get({ roomId: row.roomId, userId }) ?? {
        userId,
        membership: "join",
        displayName: null,
        avatarMxc: null,
      },
  );
}

const nameOf = (queries: RoomQueries, roomId: RoomId, userId: UserId): string =>
  queries.loadMember.get({ roomId, userId })?.displayName ?? userId;

export function stateContent(queries: RoomQueries, roomId: RoomId, type: string): JsonObject | null {
  const row = queries.loadState.get({ roomId, type, stateKey: "" });
  const content: unknown = row === undefined ? null : JSON.parse(row.content);
  return isObject(content) ? content : null;
}

/** Redacted state loses its content here too; what the algorithm protects comes again with the stored event (RED-03). */
function stripRedactedState(queries: RoomQueries, roomId: RoomId, redacted: readonly EventId[]): void {
  for (const eventId of redacted) {
    queries.stripUnprotectedState.run({ roomId, eventId, content: "{}" });
  }
}

function withPreview(
  deps: RoomWriterDeps,
  queries: RoomQueries,
  row: RoomRow,
  facts: RoomFacts,
  ownUserId: UserId,
): RoomRow {
  const isGone = row.previewEventId !== null && facts.redacted.includes(row.previewEventId);
  // A redaction takes the words away: look at what is stored now instead of at what has come.
  const candidates = isGone ? storedEvents(queries, row.roomId) : [...facts.added].reverse();
  const newest = newestPreview(deps, candidates);
  if (newest === null) {
    const fallback = row.lastActivityTs > 0 ? row.lastActivityTs : activityOf(deps, facts.added.at(-1));
    return { ...row, lastActivityTs: fallback, ...(isGone ? { preview: null, previewEventId: null } : {}) };
  }
  const { event, preview } = newest;
  const isOwn = event.sender === ownUserId;
  const isPair = row.directUserId !== null || row.joinedCount + row.invitedCount <= 2;
  const sender = isOwn || isPair ? null : nameOf(queries, row.roomId, event.sender);
  return {
    ...row,
    preview: JSON.stringify({ ...preview, sender, isOwn } satisfies RoomPreview),
    previewEventId: event.eventId,
    lastActivityTs: isGone ? row.lastActivityTs : activityOf(deps, event),
  };
}

const activityOf = (deps: RoomWriterDeps, event: MatrixEvent | undefined): number =>
  event === undefined ? 0 : Math.min(event.originServerTs, deps.now());

function newestPreview(deps: RoomWriterDeps, newestFirst: readonly MatrixEvent[]) {
  for (const event of newestFirst) {
    const preview = deps.buildPreview(event);
    if (preview !== null) return { event, preview };
  }
  return null;
}

function storedEvents(queries: RoomQueries, roomId: RoomId): MatrixEvent[] {
  return queries.newestEvents
    .all({ roomId })
    .map((row) => parseEvent(JSON.parse(row.raw)))
    .filter((event) => event !== null);
}

function applyGlobalAccountData(
  queries: RoomQueries,
  type: string,
  content: JsonObject,
  ownUserId: UserId,
): readonly RoomId[] {
  queries.putAccountData.run({ roomId: "", type, content: JSON.stringify(content) });
  if (type !== "m.direct" && type !== "m.push_rules") return [];
  const direct = type === "m.direct" ? parseDirect(content) : null;
  const muted = type === "m.push_rules" ? parseMuted(content) : null;
  const changed: RoomId[] = [];
  for (const { roomId } of queries.allRoomIds.all({})) {
    const row = queries.loadRoom.get({ roomId });
    if (row === undefined) continue;
    const next: RoomRow = {
      ...row,
      directUserId: direct === null ? row.directUserId : (direct.get(roomId) ?? null),
      isMuted: muted === null ? row.isMuted : muted.has(roomId) ? 1 : 0,
    };
    if (next.directUserId === row.directUserId && next.isMuted === row.isMuted) continue;
    queries.putRoom.run(withState(queries, next, ownUserId));
    changed.push(roomId);
  }
  return changed;
}

/** Exported for the room topic: a member's name as shown, or the id. */
export const memberName = nameOf;
