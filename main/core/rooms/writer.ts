import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { RoomPreview } from "../../../preload/contract/models/room.ts";
import { stringOf, type JsonObject, type MatrixEvent, type StrippedEvent } from "../event.ts";
import { parseMxc } from "../mxc.ts";
import type { Store } from "../store/store.ts";
import { roomQueries, type RoomQueries, type RoomRow } from "../store/queries/rooms.ts";
import { plainText } from "../text.ts";
import { parseDirect, parseMuted } from "./account-data.ts";
import { globalData } from "./global-data.ts";
import { nameOf } from "./name.ts";
import { renewed, withoutPreviewOf, withPreview } from "./preview.ts";
import { newRow, withFacts, withState } from "./row.ts";

// Applies what sync brings about rooms. Everything here runs inside the caller's cache transaction.

/** Of a reason somebody gives for an invitation, characters. */
const MAX_REASON = 500;

export interface RoomWriterDeps {
  readonly store: Store;
  /** What a message looks like in one line; null for what is never a preview (timeline's knowledge). */
  readonly buildPreview: (event: MatrixEvent) => RoomPreview | null;
  /** What became of a call, from its invite and events that came later; null where it gave way to another. */
  readonly callPreview: (
    invite: MatrixEvent,
    followers: readonly MatrixEvent[],
    ownUserId: UserId,
  ) => RoomPreview["call"] | null;
  /** Ms since the epoch; a message from the future must not stand on top of the list for ever (SYN-30). */
  readonly now: () => number;
  /** A member is another than before; null: any of the room's. Inside the transaction. */
  readonly onMember: (roomId: RoomId, userId: UserId | null) => void;
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
  readonly accountData: readonly { readonly type: string; readonly content: JsonObject }[];
  /** Events newly stored, in timeline order. */
  readonly added: readonly MatrixEvent[];
}

export interface RoomWriter {
  /** One state event becomes current state (STA-01). */
  applyStateEvent(roomId: RoomId, event: MatrixEvent): void;
  profileOf(roomId: RoomId, userId: UserId): Profile | null;
  /**
   * What this event said is gone: from current state, from names and from the preview (RED-02). `edited` is the event
   * it was an edit of, or null.
   */
  applyRedaction(roomId: RoomId, eventId: EventId, edited: EventId | null, ownUserId: UserId): void;
  /** Other events may be shown now than before. */
  renewPreview(roomId: RoomId, ownUserId: UserId): void;
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
  /** We are in these rooms and in no others. Returns the rooms whose row changed. */
  leaveAllBut(present: ReadonlySet<RoomId>): readonly RoomId[];
}

export function createRoomWriter(deps: RoomWriterDeps): RoomWriter {
  const queries = roomQueries(deps.store.cache);
  const account = globalData(queries);
  return {
    applyStateEvent(roomId, event) {
      applyStateEvent(queries, roomId, event);
      if (event.type === "m.room.member" && event.stateKey !== null)
        deps.onMember(roomId, event.stateKey as UserId);
    },
    profileOf(roomId, userId) {
      const member = queries.loadMember.get({ roomId, userId });
      return member === undefined ? null : { name: member.displayName, avatarMxc: member.avatarMxc };
    },
    applyRedaction(roomId, eventId, edited, ownUserId) {
      queries.stripUnprotectedState.run({ roomId, eventId, content: "{}" });
      if (queries.stripMember.run({ roomId, eventId }) > 0) deps.onMember(roomId, null);
      const row = queries.loadRoom.get({ roomId });
      if (row === undefined) return;
      const next = withState(queries, row, ownUserId);
      queries.putRoom.run(withoutPreviewOf(deps, queries, next, eventId, edited, ownUserId));
    },
    renewPreview(roomId, ownUserId) {
      const row = queries.loadRoom.get({ roomId });
      if (row !== undefined) queries.putRoom.run(renewed(deps, queries, row, ownUserId));
    },
    applyRoom(facts, ownUserId) {
      const { roomId } = facts;
      const base = queries.loadRoom.get({ roomId }) ?? newRow(roomId, account.ofRoom(roomId));
      const row = withState(queries, withFacts(queries, base, facts), ownUserId);
      queries.putRoom.run(withPreview(deps, queries, row, facts.added, ownUserId));
    },
    applyStripped(roomId, membership, state, ownUserId) {
      for (const event of state) applyStrippedEvent(queries, roomId, event);
      deps.onMember(roomId, null);
      const own = state.find((event) => event.type === "m.room.member" && event.stateKey === ownUserId);
      const base = queries.loadRoom.get({ roomId }) ?? newRow(roomId, account.ofRoom(roomId));
      const row: RoomRow = {
        ...base,
        membership,
        inviterId: own?.sender ?? null,
        inviteReason: membership === "invite" ? plainText(own?.content["reason"], MAX_REASON) : null,
        inviteIsDirect: own?.content["is_direct"] === true ? 1 : 0,
        lastActivityTs:
          base.membership === membership && base.lastActivityTs > 0 ? base.lastActivityTs : deps.now(),
      };
      queries.putRoom.run(withState(queries, row, ownUserId));
    },
    applyAccountData(type, content, ownUserId) {
      account.forget();
      return applyGlobalAccountData(queries, type, content, ownUserId);
    },
    leaveAllBut(present) {
      const gone = queries.presentRoomIds.all({}).filter(({ roomId }) => !present.has(roomId));
      for (const { roomId } of gone) {
        const row = queries.loadRoom.get({ roomId });
        if (row !== undefined) queries.putRoom.run({ ...row, membership: "leave" });
      }
      return gone.map(({ roomId }) => roomId);
    },
  };
}

function applyStateEvent(queries: RoomQueries, roomId: RoomId, event: MatrixEvent): void {
  if (event.stateKey === null) return;
  if (event.type === "m.room.member") {
    putMember(queries, roomId, event.stateKey as UserId, event);
    return;
  }
  queries.putState.run({
    roomId,
    type: event.type,
    stateKey: event.stateKey,
    eventId: event.eventId,
    sender: event.sender,
    content: jsonOf(event.content),
  });
}

function applyStrippedEvent(queries: RoomQueries, roomId: RoomId, event: StrippedEvent): void {
  if (event.type === "m.room.member") {
    putMember(queries, roomId, event.stateKey as UserId, { content: event.content, eventId: null });
    return;
  }
  const { type, stateKey, sender } = event;
  queries.putState.run({
    roomId,
    type,
    stateKey,
    sender,
    eventId: null,
    content: jsonOf(event.content),
  });
}

function putMember(
  queries: RoomQueries,
  roomId: RoomId,
  userId: UserId,
  { content, eventId }: { readonly content: JsonObject; readonly eventId: EventId | null },
): void {
  const membership = stringOf(content, "membership");
  if (membership === null) return; // malformed counts as absent (MAL-04)
  queries.putMember.run({
    roomId,
    userId,
    membership,
    displayName: nameOf(content["displayname"]),
    avatarMxc: parseMxc(content["avatar_url"]),
    eventId,
  });
}

/** The content as text; nesting too deep to be written says nothing anybody could use (MAL-09). */
function jsonOf(content: JsonObject): string {
  try {
    return JSON.stringify(content);
  } catch {
    return "{}";
  }
}

function applyGlobalAccountData(
  queries: RoomQueries,
  type: string,
  content: JsonObject,
  ownUserId: UserId,
): readonly RoomId[] {
  queries.putAccountData.run({ roomId: "", type, content: jsonOf(content) });
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
