import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { RoomPreview } from "../../../preload/contract/models/room.ts";
import { stringOf, type JsonObject, type MatrixEvent, type StrippedEvent } from "../event.ts";
import { parseMxc } from "../mxc.ts";
import type { Store } from "../store/store.ts";
import { roomQueries, type RoomQueries, type RoomRow } from "../store/queries/rooms.ts";
import { plainText } from "../text.ts";
import { parseDirect, parseMuted } from "./account-data.ts";
import { withPreview } from "./preview.ts";
import { newRow, withFacts, withState } from "./row.ts";

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

/** Redacted state loses its content here too; what the algorithm protects comes again with the stored event (RED-03). */
function stripRedactedState(queries: RoomQueries, roomId: RoomId, redacted: readonly EventId[]): void {
  for (const eventId of redacted) {
    queries.stripUnprotectedState.run({ roomId, eventId, content: "{}" });
  }
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
