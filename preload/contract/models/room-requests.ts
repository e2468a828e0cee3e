import type { EventId, RoomId, UserId } from "../ids.ts";
import type { ArchivedRoom, DirectoryPage, FoundRoom, PeekedPage, SpacePage } from "./directory.ts";
import type { Failure } from "./failure.ts";
import type { MessageTarget } from "./message-content.ts";
import type { NewRoom, NotInvited, ServerFacts } from "./new-room.ts";
import type { Person, PersonCard } from "./person.ts";
import type { OwnTag } from "./room.ts";
import type { MemberGroup, MembersPage, RoomChange, RoomListing, StateEntry } from "./room-details.ts";

/** The requests about rooms and people; each reaches the server at once or fails. */
export interface RoomRequests {
  loadServerFacts(params: Record<never, never>): ServerFacts;
  /** Would this address be free on our server? */
  checkAlias(params: { localpart: string }): { alias: string; isFree: boolean };
  /**
   * `notInSpace`: why the space, if one was named, did not take it; `notInvited`: who could not be invited, and why. The
   * room is there all the same.
   */
  createRoom(params: NewRoom): {
    roomId: RoomId;
    notInSpace: Failure | null;
    notInvited: readonly NotInvited[];
  };
  /**
   * The chat with this person: the one there is, or a new one (`m.direct`). `notInvited`: the room was made, but they
   * could not be invited, and it is no chat yet; with its id as `within` they are invited again.
   */
  startDirectChat(params: { userId: UserId; within?: RoomId }): {
    roomId: RoomId;
    notInvited: Failure | null;
  };
  searchPeople(params: { term: string }): { people: readonly Person[]; isLimited: boolean };

  /** One page of published rooms. `server` null: our own. */
  loadDirectory(params: { server: string | null; term: string; since: string | null }): DirectoryPage;
  /** What may be known of a room without being in it. `address`: an alias or an id. */
  previewRoom(params: { address: string; via: readonly string[] }): FoundRoom;
  /**
   * A page of the messages of a room that everybody may read, without joining it; refused for any other. `from` null: the
   * newest; `isForward`: what has come since.
   */
  peekRoom(params: {
    roomId: RoomId;
    via: readonly string[];
    from: string | null;
    isForward: boolean;
  }): PeekedPage;
  joinRoom(params: { address: string; via: readonly string[] }): { roomId: RoomId };
  /** Asks to be let in. */
  knockRoom(params: { address: string; via: readonly string[]; reason: string }): { roomId: RoomId };
  /** Goes to the room that took the place of this one, through the servers of the old one. */
  followUpgrade(params: { roomId: RoomId }): { roomId: RoomId };
  /** Leaves; also takes back a request to join. */
  leaveRoom(params: { roomId: RoomId }): void;
  /** The server forgets that we were there, and so do we. */
  forgetRoom(params: { roomId: RoomId }): void;
  /** Declines the invitation and ignores who sent it. */
  declineAndIgnore(params: { roomId: RoomId }): void;
  /** Rooms we left or were removed from, newest first. */
  /** Asks the server, once per cache, for the rooms that were left before it began; they join those of `loadArchive`. */
  fetchArchive(params: Record<never, never>): void;
  loadArchive(params: Record<never, never>): readonly ArchivedRoom[];

  changeRoom(params: { roomId: RoomId; change: RoomChange }): void;
  /** Servers through which others find the room, for a link to it: our own first, at most 3. Asks no server. */
  loadVia(params: { roomId: RoomId }): { via: readonly string[] };
  /**
   * Pins a message for everybody in the room, or takes it down. It is so here at once, and told when the server can be
   * reached; one that is not sent yet is pinned when it is.
   */
  pinMessage(params: { roomId: RoomId; target: MessageTarget; isPinned: boolean }): void;
  loadRoomListing(params: { roomId: RoomId }): RoomListing;
  inviteToRoom(params: { roomId: RoomId; userId: UserId; reason: string }): void;
  kickMember(params: { roomId: RoomId; userId: UserId; reason: string }): void;
  banMember(params: { roomId: RoomId; userId: UserId; reason: string }): void;
  unbanMember(params: { roomId: RoomId; userId: UserId; reason: string }): void;
  /**
   * Deletes those of somebody's messages that are known here, up to 500, over restarts; `roomDetails` says how far it
   * has come. `total`: how many there are.
   */
  redactMessagesOf(params: { roomId: RoomId; userId: UserId; reason: string }): { total: number };
  /** What is not deleted yet stays. */
  cancelRedactionsOf(params: { roomId: RoomId; userId: UserId }): void;
  upgradeRoom(params: { roomId: RoomId; version: string }): { roomId: RoomId };
  /** A page of the members list, `from` counted from 0; asks the server for all members the first time. */
  loadMembers(params: { roomId: RoomId; group: MemberGroup; query: string; from: number }): MembersPage;
  /** Current state but members. */
  loadRoomState(params: { roomId: RoomId }): readonly StateEntry[];
  /** For developers: any state event. `content` is JSON. */
  putRoomState(params: { roomId: RoomId; type: string; stateKey: string; content: string }): void;

  /** Favourite, low priority, or neither. It is so here at once; the server hears of it when it can. */
  setRoomTag(params: { roomId: RoomId; tag: "m.favourite" | "m.lowpriority" | null }): void;
  /** Own tags: those of the room, and all there are, both by name. */
  loadOwnTags(params: { roomId: RoomId }): { ofRoom: readonly OwnTag[]; all: readonly OwnTag[] };
  /** As `setRoomTag`. */
  setOwnTag(params: { roomId: RoomId; tag: OwnTag; isSet: boolean }): void;
  browseSpace(params: { roomId: RoomId; from: string | null }): SpacePage;
  setSpaceChild(params: { spaceId: RoomId; roomId: RoomId; isChild: boolean }): void;

  loadPerson(params: { userId: UserId }): PersonCard;
  /** The topic `boundaries` tells when it is so; the next but one too. */
  setInvitesBlocked(params: { areBlocked: boolean }): void;
  setIgnored(params: { userId: UserId; isIgnored: boolean }): void;
  reportPerson(params: { userId: UserId; reason: string }): void;
  reportRoom(params: { roomId: RoomId; reason: string }): void;
  /** Tells who runs our server of one message. */
  reportMessage(params: { roomId: RoomId; eventId: EventId; reason: string }): void;
}
