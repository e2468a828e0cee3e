import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import { isObject, stringOf, type JsonObject } from "../event.ts";
import { parseMxc } from "../mxc.ts";
import type { RoomQueries, RoomRow } from "../store/queries/rooms.ts";
import { plainText } from "../text.ts";
import { parseMarkedUnread, parseTags } from "./account-data.ts";
import { fullyRead } from "./fully-read.ts";
import type { GlobalFacts } from "./global-data.ts";
import { computeRoomName, nameOf } from "./name.ts";
import type { RoomFacts } from "./writer.ts";

// How a row of `rooms` follows from what is stored: account data, current state and members.

export function newRow(roomId: RoomId, { directUserId, isMuted }: GlobalFacts): RoomRow {
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
    isMarkedUnread: 0,
    unreadFrom: null,
    lastActivityTs: 0,
    preview: null,
    previewEventId: null,
    isEncrypted: 0,
    isMuted: isMuted ? 1 : 0,
    tags: "[]",
    directUserId,
    fullyReadEventId: null,
    replacementRoomId: null,
    inviterId: null,
    inviteIsDirect: 0,
    inviteReason: null,
  };
}

export function withFacts(queries: RoomQueries, row: RoomRow, facts: RoomFacts): RoomRow {
  let { tags, fullyReadEventId } = row;
  for (const { type, content } of facts.accountData) {
    if (type === "m.tag") tags = JSON.stringify(parseTags(content));
    if (type === "m.fully_read") {
      const said = stringOf(content, "event_id") as EventId | null;
      fullyReadEventId = fullyRead(queries, row.roomId, fullyReadEventId, said);
    }
  }
  const mark = parseMarkedUnread(facts.accountData);
  return {
    ...row,
    tags,
    fullyReadEventId,
    isMarkedUnread: mark === null ? row.isMarkedUnread : Number(mark.isMarked),
    unreadFrom: mark === null ? row.unreadFrom : mark.from,
    membership: facts.membership,
    // An invitation is over once it is answered; its word that the chat is direct holds while we are in.
    inviterId: null,
    inviteReason: null,
    inviteIsDirect: facts.membership === "join" ? row.inviteIsDirect : 0,
    heroes: facts.heroes === null ? row.heroes : JSON.stringify(facts.heroes),
    joinedCount: facts.joined ?? row.joinedCount,
    invitedCount: facts.invited ?? row.invitedCount,
  };
}

/** The columns that follow from current state and members. */
export function withState(queries: RoomQueries, row: RoomRow, ownUserId: UserId): RoomRow {
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
      stateName: nameOf(content("m.room.name")["name"]),
      canonicalAlias: nameOf(content("m.room.canonical_alias")["alias"]),
      heroNames: heroes.map((hero) => hero.displayName ?? shownId(hero.userId)),
      memberCount: memberCount(row, heroes.length),
      inviterName: row.inviterId === null ? null : memberName(queries, roomId, row.inviterId),
    }),
    topic: plainText(content("m.room.topic")["topic"], 4000),
    // A chat of two shows the other person when the room has no picture of its own.
    avatarMxc: avatar ?? (isPair && heroes.length === 1 ? (heroes[0]?.avatarMxc ?? null) : null),
    isEncrypted: stateContent(queries, roomId, "m.room.encryption") === null ? 0 : 1,
    replacementRoomId: tombstone === "" ? null : (tombstone as RoomId | null),
  };
}

/** Nobody has told: invitations, and servers without summaries. Then who is known is who is there. */
function memberCount({ joinedCount, invitedCount }: RoomRow, known: number): number {
  return joinedCount + invitedCount === 0 ? known + 1 : joinedCount + invitedCount;
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

export const memberName = (queries: RoomQueries, roomId: RoomId, userId: UserId): string =>
  queries.loadMember.get({ roomId, userId })?.displayName ?? shownId(userId);

/** Ids come from elsewhere as names do, and stand where names stand (XSS-04, TRN-08). */
const shownId = (userId: UserId): string => nameOf(userId) ?? "?";

export function stateContent(queries: RoomQueries, roomId: RoomId, type: string): JsonObject | null {
  const row = queries.loadState.get({ roomId, type, stateKey: "" });
  const content: unknown = row === undefined ? null : JSON.parse(row.content);
  return isObject(content) ? content : null;
}
