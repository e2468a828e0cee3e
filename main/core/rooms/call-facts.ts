import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { CallBlock } from "../../../preload/contract/models/call.ts";
import { isObject } from "../event.ts";
import { parseMxc } from "../mxc.ts";
import type { MxcUri } from "../../../preload/contract/ids.ts";
import type { RoomQueries, RoomRow } from "../store/queries/rooms.ts";
import { canSendMessage, isCreatorAboveLevels } from "./power.ts";
import { stateContent } from "./row.ts";

/** What calls need to know of a room now. */
export interface CallFacts {
  /** Why we cannot place a call here; null: we can. */
  readonly block: CallBlock | null;
  /** We are in the room, may send call events, and in clear: what answering needs, however many people there are. */
  readonly canSpeak: boolean;
  /** The other person of a room of two, else null. */
  readonly peer: UserId | null;
  /** Anybody may join (spec: VoIP, Invitees: such invites do not ring). */
  readonly isPublic: boolean;
}

export function loadCallFacts(queries: RoomQueries, roomId: RoomId, ownUserId: UserId): CallFacts {
  const row = queries.loadRoom.get({ roomId });
  if (row === undefined) return { block: "not-joined", canSpeak: false, peer: null, isPublic: false };
  const people = peopleOf(queries, row, ownUserId);
  const ours = ownBlock(queries, row, ownUserId);
  return {
    block: ours ?? people.block,
    canSpeak: ours === null,
    peer: people.peer,
    isPublic: stateContent(queries, roomId, "m.room.join_rules")?.["join_rule"] === "public",
  };
}

/** What keeps us from speaking at all. The server has the last word; this saves a refusal. */
function ownBlock(queries: RoomQueries, row: RoomRow, ownUserId: UserId): CallBlock | null {
  const { roomId } = row;
  if (row.membership !== "join") return "not-joined";
  if (row.replacementRoomId !== null) return "upgraded";
  if (row.isEncrypted === 1) return "encrypted";
  const create = queries.loadState.get({ roomId, type: "m.room.create", stateKey: "" });
  const createContent: unknown = create === undefined ? null : JSON.parse(create.content);
  if (isCreatorAboveLevels(createContent, create?.sender ?? null, ownUserId)) return null;
  const levels = stateContent(queries, roomId, "m.room.power_levels");
  return !isObject(levels) || canSendMessage(levels, ownUserId, "m.call.invite") ? null : "no-permission";
}

/** Exactly two people, both in the room (VOIP-03). Counts come from the server; where it gives none, from who is known. */
function peopleOf(
  queries: RoomQueries,
  row: RoomRow,
  ownUserId: UserId,
): { readonly block: CallBlock | null; readonly peer: UserId | null } {
  const known = queries.someMembers.all({ roomId: row.roomId, ownUserId });
  const heroes = (JSON.parse(row.heroes) as UserId[]).filter((userId) => userId !== ownUserId);
  const counted = row.joinedCount + row.invitedCount;
  const total = counted === 0 ? known.length + 1 : counted;
  if (total > 2) return { block: "too-many", peer: null };
  const peer = known[0]?.userId ?? heroes[0] ?? null;
  if (total < 2 || peer === null) return { block: "alone", peer: null };
  const isInvited = counted === 0 ? known[0]?.membership === "invite" : row.invitedCount > 0;
  return { block: isInvited ? "not-joined-yet" : null, peer };
}

/** Name and picture of a member, for the call's card. */
export function loadCallPerson(
  queries: RoomQueries,
  roomId: RoomId,
  userId: UserId,
): { readonly name: string | null; readonly avatarMxc: MxcUri | null } {
  const member = queries.loadMember.get({ roomId, userId });
  return { name: member?.displayName ?? null, avatarMxc: parseMxc(member?.avatarMxc) };
}
