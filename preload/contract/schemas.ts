import { z } from "zod";
import { MAX_DRAFT_LENGTH, MAX_EDITS, MAX_EDITS_LENGTH } from "./draft-limit.ts";
import type { Method, Params, Topic } from "./frames.ts";
import { hostRequestSchemas } from "./host-schemas.ts";
import type { CallId, EventId, RoomId, TransactionId, UserId } from "./ids.ts";
import type { MediaReport } from "./models/call.ts";
import type { MessageContent, MessageTarget } from "./models/message-content.ts";
import { mediaRequestSchemas } from "./media-schemas.ts";
import { ROOM_MEDIA_KINDS } from "./models/room-media.ts";
import { accountRequestSchemas } from "./account-schemas.ts";
import { roomRequestSchemas } from "./room-schemas.ts";
import type { Draft } from "./models/room.ts";
import type { Topics } from "./topics.ts";

// Validators of everything the renderer may send. Imported by main only.

/** Matrix ids are at most 255 bytes (SIZE-02…06); a byte is at least one code unit. */
const id = <T extends string>(): z.ZodType<T> => z.string().min(1).max(255) as unknown as z.ZodType<T>;
const roomId = id<RoomId>();
const eventId = id<EventId>();
const accountId = z.string().regex(/^[a-z0-9]{1,40}$/);
const userId = id<UserId>();
const transactionId = z.string().regex(/^[A-Za-z0-9._~-]{8,80}$/) as unknown as z.ZodType<TransactionId>;

/** Leaves room, within the 65,536 bytes of an event, for what the server adds (SIZE-01). */
export const MAX_BODY_BYTES = 60_000;
/** An edit says its words twice: once for clients that know no edits (spec: Event replacements). */
export const MAX_EDIT_BYTES = 30_000;
/** Bytes within the event: UTF-8 (SIZE-08), of the text as JSON writes it: a quote or a line end is two. */
const bytes = (text: string): number => {
  let n = -2;
  for (const c of JSON.stringify(text)) {
    const code = c.codePointAt(0) ?? 0;
    n += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return n;
};

const mentionBytes = (mentions: object = {}): number =>
  Object.keys(mentions).length === 0 ? 0 : bytes(JSON.stringify(mentions));
const contentBytes = (content: {
  readonly body: string;
  readonly formatted_body?: string | undefined;
  readonly "m.mentions"?: object | undefined;
}): number => bytes(content.body) + bytes(content.formatted_body ?? "") + mentionBytes(content["m.mentions"]);

const messageContent = z
  .strictObject({
    msgtype: z.enum(["m.text", "m.emote", "m.notice", "m.location"]),
    body: z.string().min(1).max(MAX_BODY_BYTES),
    format: z.literal("org.matrix.custom.html").optional(),
    formatted_body: z.string().max(MAX_BODY_BYTES).optional(),
    "m.mentions": z
      .strictObject({ user_ids: z.array(id<UserId>()).max(50).optional(), room: z.boolean().optional() })
      .optional(),
    geo_uri: z
      .string()
      .regex(/^geo:-?\d{1,2}(\.\d{1,8})?,-?\d{1,3}(\.\d{1,8})?$/)
      .optional(),
  })
  .refine((content) => (content.msgtype === "m.location") === (content.geo_uri !== undefined), {
    message: "a location has a geo_uri, and nothing else has one",
  })
  .refine((content) => contentBytes(content) <= MAX_BODY_BYTES, {
    message: "message too large",
  }) as unknown as z.ZodType<MessageContent>;

/** Words a poll may have; those clients that know none show them in one line. */
const pollText = z.string().trim().min(1).max(340);
const poll = z.strictObject({
  question: pollText,
  answers: z.array(pollText).min(2).max(20),
  maxSelections: z.number().int().min(1).max(20),
  isDisclosed: z.boolean(),
});

/** Ours follow the grammar (spec: Opaque Identifiers); theirs need not. */
const newCallId = z.string().regex(/^[A-Za-z0-9._~-]{16,80}$/) as unknown as z.ZodType<CallId>;
const callId = id<CallId>();
const driverId = z.string().regex(/^[A-Za-z0-9._~-]{8,80}$/);
/** An event holds 65,536 bytes; an SDP of more could not be sent (SIZE-01). */
const sdp = z.string().max(MAX_BODY_BYTES);
const round = z.number().int().nonnegative();
const streamId = z.string().min(1).max(255);
const candidate = z.strictObject({
  candidate: z.string().max(2048),
  sdpMid: z.string().max(255).optional(),
  sdpMLineIndex: z.number().int().nonnegative().max(1000).optional(),
});
const description = {
  round,
  sdp,
  streams: z.array(z.strictObject({ streamId, purpose: z.enum(["camera", "screen"]) })).max(8),
};
const mediaReport = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("offerReady"), ...description }),
  z.strictObject({ kind: z.literal("answerReady"), ...description }),
  z.strictObject({
    kind: z.literal("candidates"),
    candidates: z.array(candidate).max(200),
    isComplete: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal("connection"),
    state: z.enum(["connecting", "connected", "disconnected", "failed"]),
  }),
  z.strictObject({ kind: z.literal("negotiationNeeded") }),
  z.strictObject({
    kind: z.literal("mediaFailed"),
    part: z.enum(["microphone", "camera", "screen"]),
    why: z.enum(["denied", "missing", "in-use", "other"]),
  }),
  z.strictObject({ kind: z.literal("screenEnded") }),
  z.strictObject({ kind: z.literal("descriptionFailed"), round }),
]) as unknown as z.ZodType<MediaReport>;
const target = z
  .strictObject({ eventId: eventId.nullable(), transactionId: transactionId.nullable() })
  .refine((one) => one.eventId !== null || one.transactionId !== null, {
    message: "names no message",
  }) as unknown as z.ZodType<MessageTarget>;

const roomMediaParams = z.strictObject({ roomId, kind: z.enum(ROOM_MEDIA_KINDS) });

const draft = z.strictObject({
  body: z.string().max(MAX_DRAFT_LENGTH),
  mentions: z
    .array(z.strictObject({ text: z.string().min(1).max(300), id: z.string().min(1).max(255) }))
    .max(200)
    .optional(),
  replyTo: target.optional(),
  edits: z
    .array(
      z.strictObject({
        ...{ eventId: eventId.nullable(), transactionId: transactionId.nullable() },
        ...{ body: z.string().max(MAX_EDITS_LENGTH), isOpen: z.boolean() },
      }),
    )
    .max(MAX_EDITS)
    .optional(),
}) as unknown as z.ZodType<Draft>;

/** Servers and other clients bear long keys badly; an emoji of many parts is far below this, in code units. */
const MAX_KEY = 100;
const key = z
  .string()
  .min(1)
  .max(600)
  // The address of a picture is longer (MSC4027).
  .refine((text) => text.length <= MAX_KEY || text.startsWith("mxc://"), { message: "too long" });
const reason = z.string().min(1).max(1000).nullable();
/** The last ms a Date can name. */
const MAX_TS = 8_640_000_000_000_000;

const searchParams = z.strictObject({ text: z.string().max(500), roomId: roomId.nullable() });

const nothing = z.strictObject({});

const noticeAct = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("shown"), version: z.number().int().min(1) }),
  z.strictObject({ act: z.literal("open") }),
  z.strictObject({ act: z.literal("dismiss") }),
  z.strictObject({ act: z.literal("mark-read") }),
  z.strictObject({ act: z.literal("reply"), body: z.string().min(1).max(MAX_BODY_BYTES) }),
  z.strictObject({ act: z.literal("answer") }),
  z.strictObject({ act: z.literal("decline") }),
  z.strictObject({ act: z.literal("call-back") }),
]);

const level = z.enum(["off", "on", "sound"]);
const pushChange = z.discriminatedUnion("change", [
  z.strictObject({ change: z.literal("all-off"), isOff: z.boolean() }),
  z.strictObject({
    change: z.literal("default"),
    id: z.enum([
      "direct-messages",
      "group-messages",
      "mentions",
      "room-mentions",
      "invites",
      "calls",
      "bot-messages",
    ]),
    level,
  }),
  z.strictObject({
    change: z.literal("room"),
    roomId,
    level: z.enum(["default", "all", "mentions", "mute"]),
  }),
  z.strictObject({ change: z.literal("keyword"), word: z.string().min(1).max(200), level }),
  z.strictObject({ change: z.literal("remove-keyword"), ruleId: z.string().min(1).max(512) }),
  z.strictObject({
    change: z.literal("move-keyword"),
    ruleId: z.string().min(1).max(512),
    besideRuleId: z.string().min(1).max(512),
    side: z.enum(["before", "after"]),
  }),
  z.strictObject({ change: z.literal("person"), userId, isMuted: z.boolean() }),
]);

export const requestSchemas: { readonly [M in Method]: z.ZodType<Params<M>> } = {
  ...roomRequestSchemas,
  ...accountRequestSchemas,
  ...mediaRequestSchemas,
  ...hostRequestSchemas,
  discoverServer: z.strictObject({ input: z.string().min(1).max(2048) }),
  signIn: z.strictObject({
    homeserver: z.string().min(1).max(2048),
    user: z.string().min(1).max(255),
    password: z.string().max(4096),
  }),
  signOut: nothing,
  sendMessage: z.strictObject({
    roomId,
    transactionId,
    content: messageContent,
    replyTo: target.optional(),
    thread: target.optional(),
  }) as unknown as z.ZodType<Params<"sendMessage">>,
  sendSticker: z.strictObject({
    roomId,
    transactionId,
    packId: z.string().min(1).max(600),
    shortcode: z.string().min(1).max(100),
    replyTo: target.optional(),
    thread: target.optional(),
  }) as unknown as z.ZodType<Params<"sendSticker">>,
  keepSticker: z.strictObject({ roomId, eventId }),
  dropSticker: z.strictObject({ shortcode: z.string().min(1).max(100) }),
  editMessage: z.strictObject({
    ...{ roomId, transactionId, target },
    content: messageContent.refine((content) => contentBytes(content) <= MAX_EDIT_BYTES, {
      message: "edit too large",
    }),
    isCaption: z.boolean().optional(),
  }) as unknown as z.ZodType<Params<"editMessage">>,
  redactMessage: z.strictObject({ roomId, transactionId, target, reason }),
  forwardMessage: z.strictObject({
    roomId,
    target,
    to: z.array(z.strictObject({ roomId, transactionId })).min(1).max(50),
  }),
  react: z.strictObject({
    ...{ roomId, transactionId, target, key },
    shortcode: z.string().min(1).max(100).optional(),
  }) as unknown as z.ZodType<Params<"react">>,
  unreact: z.strictObject({ roomId, transactionId, target, key }),
  retrySend: z.strictObject({ roomId, transactionId }),
  retryAllSends: nothing,
  deleteSend: z.strictObject({ roomId, transactionId }),
  editSend: z.strictObject({ roomId, transactionId, content: messageContent }),
  searchMore: searchParams,
  moreRoomMedia: roomMediaParams,
  fetchHistory: z.strictObject({ roomId, isOn: z.boolean() }),
  pauseHistory: z.strictObject({ isPaused: z.boolean() }),
  startExport: z.strictObject({
    order: z.strictObject({ roomId: roomId.nullable(), hasMedia: z.boolean(), isComplete: z.boolean() }),
  }),
  retryExport: nothing,
  cancelExport: nothing,
  showExport: nothing,
  paginate: z.strictObject({
    roomId,
    focus: eventId.optional(),
    direction: z.enum(["backward", "forward"]).optional(),
    thread: target.optional(),
  }) as unknown as z.ZodType<Params<"paginate">>,
  findEventAt: z.strictObject({ roomId, ts: z.number().int().min(0).max(MAX_TS) }),
  visitRoom: z.strictObject({ roomId }),
  moreThreads: z.strictObject({ roomId }),
  markRead: z.strictObject({ roomId, eventId, thread: eventId.optional() }) as unknown as z.ZodType<
    Params<"markRead">
  >,
  setTyping: z.strictObject({ roomId, isTyping: z.boolean() }),
  saveDraft: z.strictObject({
    roomId,
    thread: target.optional(),
    draft: draft.nullable(),
  }) as unknown as z.ZodType<Params<"saveDraft">>,
  loadThreadDraft: z.strictObject({ roomId, thread: target }),
  loadEdits: z.strictObject({ roomId, eventId }),
  loadReactions: z.strictObject({ roomId, eventId }),
  loadEventSource: z.strictObject({ roomId, target }),
  startPoll: z.strictObject({ roomId, transactionId, poll }),
  votePoll: z.strictObject({
    roomId,
    transactionId,
    pollId: eventId,
    answerIds: z.array(z.string().min(1).max(255)).max(20),
  }),
  endPoll: z.strictObject({ roomId, transactionId, pollId: eventId }),
  findPeople: z.strictObject({ roomId, query: z.string().max(255), isPatient: z.boolean() }),
  findRooms: z.strictObject({ query: z.string().max(255) }),
  loadLinkPreview: z.strictObject({ url: z.string().min(1).max(2048) }),
  describePills: z.strictObject({ roomId, ids: z.array(z.string().min(1).max(255)).max(100) }),
  setDisplayName: z.strictObject({ name: z.string().max(255) }),
  setRoomDisplayName: z.strictObject({ roomId, name: z.string().max(255) }),
  acceptInvite: z.strictObject({ roomId }),
  declineInvite: z.strictObject({ roomId }),
  markRoomRead: z.strictObject({ roomId }),
  markUnread: z.strictObject({
    roomId,
    isUnread: z.boolean(),
    from: eventId.optional(),
  }) as unknown as z.ZodType<Params<"markUnread">>,
  explainUnread: z.strictObject({ roomId }),
  recountUnread: z.strictObject({ roomId: roomId.nullable() }),
  attend: z.strictObject({ roomId: roomId.nullable() }),
  actOnNotice: z.strictObject({ tag: z.string().min(1).max(300), act: noticeAct }),
  arrived: z.strictObject({ number: z.number().int() }),
  changePushRules: z.strictObject({ change: pushChange }),
  placeCall: z.strictObject({ roomId, callId: newCallId, isVideo: z.boolean() }),
  answerCall: z.strictObject({ callId, isVideo: z.boolean() }),
  declineCall: z.strictObject({ callId }),
  hangUp: z.strictObject({ callId }),
  setCallMedia: z.strictObject({
    callId,
    microphone: z.boolean().optional(),
    camera: z.boolean().optional(),
    screen: z.boolean().optional(),
    isHeld: z.boolean().optional(),
  }) as unknown as z.ZodType<Params<"setCallMedia">>,
  performedMedia: z.strictObject({ driverId, through: z.number().int().nonnegative() }),
  reportMedia: z.strictObject({ driverId, number: z.number().int().positive(), callId, report: mediaReport }),
  listScreens: nothing,
  chooseScreen: z.strictObject({ id: z.string().min(1).max(255) }),
  saveSettings: z.strictObject({
    settings: z.strictObject({
      theme: z.enum(["system", "light", "dark", "high-contrast"]),
      roomListWidth: z.number().int().min(220).max(420),
      sendTyping: z.boolean(),
      readReceipts: z.enum(["public", "private"]),
      linkPreviews: z.boolean(),
      closeToTray: z.boolean().nullable(),
      foldedSections: z.array(z.string().max(255)).max(100),
      notify: z.enum(["all", "mentions", "none"]),
      notificationText: z.enum(["full", "sender", "none"]),
      notificationSound: z.boolean(),
      doNotDisturb: z.boolean(),
      presence: z.enum(["online", "unavailable", "offline"]),
      callsPublicStun: z.boolean(),
      callsRelayOnly: z.boolean(),
      keepPhotoDetails: z.boolean(),
      mediaCacheMegabytes: z.number().int().min(100).max(100_000),
      spellCheck: z.boolean(),
      spellLanguages: z.array(z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)).max(10),
      startHidden: z.boolean(),
      lockWithScreen: z.boolean(),
      lockAfterMinutes: z.number().int().min(1).max(240).nullable(),
    }),
  }),
  addAccount: nothing,
  switchAccount: z.strictObject({ accountId }),
  removeAccount: z.strictObject({ accountId }),
  loadDiagnostics: nothing,
  resetCache: nothing,
  networkIsBack: nothing,
  openLink: z.strictObject({ url: z.string().min(1).max(8192) }),
};

export const topicSchemas: { readonly [T in Topic]: z.ZodType<Topics[T]["params"]> } = {
  accounts: z.null(),
  session: z.null(),
  authentication: z.null(),
  connection: z.null(),
  settings: z.null(),
  roomList: z.null(),
  room: z.strictObject({ roomId }),
  timeline: z.strictObject({
    roomId,
    focus: eventId.optional(),
    thread: target.optional(),
  }) as unknown as z.ZodType<Topics["timeline"]["params"]>,
  threads: z.strictObject({ roomId }),
  pins: z.strictObject({ roomId }),
  stickers: z.strictObject({ roomId }),
  quote: z.strictObject({ roomId, target }),
  search: searchParams,
  roomMedia: roomMediaParams,
  history: z.null(),
  downloads: z.null(),
  exports: z.null(),
  outbox: z.null(),
  notices: z.null(),
  destination: z.null(),
  desktop: z.null(),
  pushSettings: z.null(),
  presence: z.strictObject({ userId }),
  calls: z.strictObject({ driverId }),
  roomDetails: z.strictObject({ roomId }),
  spaces: z.null(),
  boundaries: z.null(),
};

/** The outer shape of what comes through a port; anything else is dropped and counted. */
export const clientFrameSchema = z.discriminatedUnion("t", [
  z.strictObject({ t: z.literal("hello"), version: z.number().int() }),
  z.strictObject({
    t: z.literal("call"),
    id: z.number().int(),
    method: z.string().max(64),
    params: z.unknown(),
    account: accountId.optional(),
  }),
  z.strictObject({
    t: z.literal("subscribe"),
    id: z.number().int(),
    topic: z.string().max(64),
    params: z.unknown(),
  }),
  z.strictObject({ t: z.literal("unsubscribe"), id: z.number().int() }),
]);
