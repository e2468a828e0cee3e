import { z } from "zod";
import type { Params } from "./frames.ts";
import type { EventId, MxcUri, RoomId, TransactionId, UserId } from "./ids.ts";
import type { OwnTag } from "./models/room.ts";
import type { RoomRequests } from "./models/room-requests.ts";

// Validators of the requests about rooms and people. Limits are bytes where the specification counts bytes; the core
// measures again what depends on the server's name.

const bytes = (max: number) => z.string().refine((text) => utf8(text) <= max, { message: "too long" });
function utf8(text: string): number {
  let n = 0;
  for (const c of text) {
    const code = c.codePointAt(0) ?? 0;
    n += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return n;
}

const roomId = bytes(255).min(1) as unknown as z.ZodType<RoomId>;
const userId = bytes(255).regex(/^@[^\0]+$/) as unknown as z.ZodType<UserId>;
const eventId = bytes(255).regex(/^\$[^\0]+$/) as unknown as z.ZodType<EventId>;
const transactionId = z.string().regex(/^[A-Za-z0-9._~-]{8,80}$/) as unknown as z.ZodType<TransactionId>;
const target = z
  .strictObject({ eventId: eventId.nullable(), transactionId: transactionId.nullable() })
  .refine((one) => one.eventId !== null || one.transactionId !== null, { message: "names no message" });
/** An alias or a room id. */
const address = bytes(255).regex(/^[#!][^\0]+$/);
const via = z.array(z.string().min(1).max(255)).max(10);
/** Names stay in the limit older servers have (STA-08). */
const name = bytes(255);
const topic = bytes(8000);
const reason = bytes(2000);
const alias = bytes(255).regex(/^#[^:\0]+:.+$/);
/** At most 255 bytes, as other clients and servers expect (spec: Room Tagging). */
const ownTag = bytes(255).regex(/^u\.[^\0]+$/) as unknown as z.ZodType<OwnTag>;
const history = z.enum(["world_readable", "shared", "invited", "joined"]);
/** Any that JSON of events can hold (spec, canonical JSON). */
const level = z.number().int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
const pixels = z.number().int().min(1).max(1_000_000).nullable();
const picture = z.strictObject({
  // Begins with mxc: there is no other way to name a picture.
  mxc: bytes(1000).startsWith("mxc://") as unknown as z.ZodType<MxcUri>,
  contentType: bytes(255),
  size: z.number().int().min(0),
  width: pixels,
  height: pixels,
});
const nothing = z.strictObject({});
const inRoom = z.strictObject({ roomId });
const about = z.strictObject({ roomId, userId, reason });

const change = z.discriminatedUnion("what", [
  z.strictObject({ what: z.literal("name"), name }),
  z.strictObject({ what: z.literal("topic"), topic }),
  z.strictObject({ what: z.literal("avatar"), picture: picture.nullable() }),
  z.strictObject({
    what: z.literal("join-rule"),
    rule: z.enum(["public", "invite", "knock", "restricted", "knock_restricted"]),
    allow: z.array(roomId).max(100),
  }),
  z.strictObject({ what: z.literal("history"), visibility: history }),
  z.strictObject({ what: z.literal("guests"), mayJoin: z.boolean() }),
  z.strictObject({ what: z.literal("published"), isPublished: z.boolean() }),
  z.strictObject({ what: z.literal("add-alias"), alias }),
  z.strictObject({ what: z.literal("remove-alias"), alias }),
  z.strictObject({ what: z.literal("remove-other-alias"), alias }),
  z.strictObject({ what: z.literal("canonical-alias"), alias: alias.nullable() }),
  z.strictObject({ what: z.literal("person-level"), userId, level }),
  z.strictObject({
    what: z.literal("needed-level"),
    of: z.enum(["action", "event"]),
    key: bytes(255).min(1),
    level,
  }),
]);

export const roomRequestSchemas: { readonly [M in keyof RoomRequests]: z.ZodType<Params<M>> } = {
  loadServerFacts: nothing,
  checkAlias: z.strictObject({ localpart: bytes(255).min(1) }),
  createRoom: z.strictObject({
    kind: z.enum(["room", "space"]),
    name,
    topic,
    avatar: picture.nullable(),
    preset: z.enum(["private_chat", "trusted_private_chat", "public_chat"]),
    isPublished: z.boolean(),
    aliasLocalpart: bytes(255).min(1).nullable(),
    invite: z.array(userId).max(100),
    historyVisibility: history,
    roomVersion: z.string().min(1).max(32).nullable(),
    isFederated: z.boolean(),
    parentSpaceId: roomId.nullable(),
  }),
  startDirectChat: z.strictObject({ userId, within: roomId.exactOptional() }),
  searchPeople: z.strictObject({ term: z.string().min(1).max(255) }),
  loadDirectory: z.strictObject({
    server: z.string().min(1).max(255).nullable(),
    term: z.string().max(255),
    since: z.string().min(1).max(4096).nullable(),
  }),
  previewRoom: z.strictObject({ address, via }),
  peekRoom: z.strictObject({
    roomId,
    via,
    from: z.string().min(1).max(4096).nullable(),
    isForward: z.boolean(),
  }),
  joinRoom: z.strictObject({ address, via }),
  knockRoom: z.strictObject({ address, via, reason }),
  followUpgrade: inRoom,
  leaveRoom: inRoom,
  forgetRoom: inRoom,
  declineAndIgnore: inRoom,
  fetchArchive: nothing,
  loadArchive: nothing,
  changeRoom: z.strictObject({ roomId, change }),
  loadVia: inRoom,
  pinMessage: z.strictObject({ roomId, target, isPinned: z.boolean() }),
  loadRoomListing: inRoom,
  inviteToRoom: about,
  kickMember: about,
  banMember: about,
  unbanMember: about,
  redactMessagesOf: about,
  cancelRedactionsOf: z.strictObject({ roomId, userId }),
  upgradeRoom: z.strictObject({ roomId, version: z.string().min(1).max(32) }),
  loadMembers: z.strictObject({
    roomId,
    group: z.enum(["join", "invite", "knock", "ban"]),
    query: z.string().max(255),
    from: z.number().int().min(0),
  }),
  loadRoomState: inRoom,
  putRoomState: z.strictObject({
    roomId,
    type: bytes(255).min(1),
    // Not beginning with an underscore (STA-03).
    stateKey: bytes(255).regex(/^(?!_)/),
    content: z.string().max(60_000),
  }),
  setRoomTag: z.strictObject({ roomId, tag: z.enum(["m.favourite", "m.lowpriority"]).nullable() }),
  loadOwnTags: inRoom,
  setOwnTag: z.strictObject({ roomId, tag: ownTag, isSet: z.boolean() }),
  browseSpace: z.strictObject({ roomId, from: z.string().min(1).max(4096).nullable() }),
  setSpaceChild: z.strictObject({ spaceId: roomId, roomId, isChild: z.boolean() }),
  loadPerson: z.strictObject({ userId }),
  setInvitesBlocked: z.strictObject({ areBlocked: z.boolean() }),
  setIgnored: z.strictObject({ userId, isIgnored: z.boolean() }),
  reportPerson: z.strictObject({ userId, reason }),
  reportRoom: z.strictObject({ roomId, reason }),
  reportMessage: z.strictObject({ roomId, eventId, reason }),
};
