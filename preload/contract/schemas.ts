import { z } from "zod";
import type { Method, Params, Topic } from "./frames.ts";
import type { EventId, RoomId, TransactionId, UserId } from "./ids.ts";
import type { MessageContent } from "./models/message-content.ts";
import type { Topics } from "./topics.ts";

// Validators of everything the renderer may send. Imported by main only.

/** Matrix ids are at most 255 bytes (SIZE-02…06); a byte is at least one code unit. */
const id = <T extends string>(): z.ZodType<T> => z.string().min(1).max(255) as unknown as z.ZodType<T>;
const roomId = id<RoomId>();
const eventId = id<EventId>();
const userId = id<UserId>();
const transactionId = z.string().regex(/^[A-Za-z0-9._~-]{8,80}$/) as unknown as z.ZodType<TransactionId>;

/** Leaves room, within the 65,536 bytes of an event, for what the server adds (SIZE-01). */
export const MAX_BODY_BYTES = 60_000;
/** Bytes within the event: UTF-8 (SIZE-08), of the text as JSON writes it: a quote or a line end is two. */
const bytes = (text: string): number => {
  let n = -2;
  for (const c of JSON.stringify(text)) {
    const code = c.codePointAt(0) ?? 0;
    n += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return n;
};

const messageContent = z
  .strictObject({
    msgtype: z.enum(["m.text", "m.emote", "m.notice"]),
    body: z.string().min(1).max(MAX_BODY_BYTES),
    format: z.literal("org.matrix.custom.html").optional(),
    formatted_body: z.string().max(MAX_BODY_BYTES).optional(),
  })
  .refine((content) => bytes(content.body) + bytes(content.formatted_body ?? "") <= MAX_BODY_BYTES, {
    message: "message too large",
  }) as unknown as z.ZodType<MessageContent>;

const nothing = z.strictObject({});

const noticeAct = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("open") }),
  z.strictObject({ act: z.literal("dismiss") }),
  z.strictObject({ act: z.literal("mark-read") }),
  z.strictObject({ act: z.literal("reply"), body: z.string().min(1).max(MAX_BODY_BYTES) }),
  z.strictObject({ act: z.literal("answer") }),
  z.strictObject({ act: z.literal("decline") }),
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
  z.strictObject({ change: z.literal("person"), userId, isMuted: z.boolean() }),
]);

export const requestSchemas: { readonly [M in Method]: z.ZodType<Params<M>> } = {
  discoverServer: z.strictObject({ input: z.string().min(1).max(2048) }),
  signIn: z.strictObject({
    homeserver: z.string().min(1).max(2048),
    user: z.string().min(1).max(255),
    password: z.string().max(4096),
  }),
  signOut: nothing,
  sendMessage: z.strictObject({ roomId, transactionId, content: messageContent }),
  retrySend: z.strictObject({ roomId, transactionId }),
  retryAllSends: nothing,
  deleteSend: z.strictObject({ roomId, transactionId }),
  editSend: z.strictObject({ roomId, transactionId, content: messageContent }),
  paginate: z.strictObject({ roomId }),
  visitRoom: z.strictObject({ roomId }),
  markRead: z.strictObject({ roomId, eventId }),
  setTyping: z.strictObject({ roomId, isTyping: z.boolean() }),
  saveDraft: z.strictObject({
    roomId,
    draft: z.strictObject({ body: z.string().max(200_000) }).nullable(),
  }),
  loadEventSource: z.strictObject({ roomId, eventId }),
  acceptInvite: z.strictObject({ roomId }),
  declineInvite: z.strictObject({ roomId }),
  markRoomRead: z.strictObject({ roomId }),
  markUnread: z.strictObject({ roomId, isUnread: z.boolean() }),
  explainUnread: z.strictObject({ roomId }),
  recountUnread: z.strictObject({ roomId: roomId.nullable() }),
  attend: z.strictObject({ roomId: roomId.nullable() }),
  actOnNotice: z.strictObject({ tag: z.string().min(1).max(300), act: noticeAct }),
  arrived: z.strictObject({ number: z.number().int() }),
  changePushRules: z.strictObject({ change: pushChange }),
  saveSettings: z.strictObject({
    settings: z.strictObject({
      theme: z.enum(["system", "light", "dark", "high-contrast"]),
      roomListWidth: z.number().int().min(220).max(420),
      sendTyping: z.boolean(),
      readReceipts: z.enum(["public", "private"]),
      foldedSections: z.array(z.string().max(40)).max(20),
      notify: z.enum(["all", "mentions", "none"]),
      notificationText: z.enum(["full", "sender", "none"]),
      notificationSound: z.boolean(),
      doNotDisturb: z.boolean(),
      presence: z.enum(["online", "unavailable", "offline"]),
    }),
  }),
  networkIsBack: nothing,
  openLink: z.strictObject({ url: z.string().min(1).max(8192) }),
};

export const topicSchemas: { readonly [T in Topic]: z.ZodType<Topics[T]["params"]> } = {
  session: z.null(),
  connection: z.null(),
  settings: z.null(),
  roomList: z.null(),
  room: z.strictObject({ roomId }),
  timeline: z.strictObject({ roomId }),
  outbox: z.null(),
  notices: z.null(),
  destination: z.null(),
  pushSettings: z.null(),
  presence: z.strictObject({ userId }),
};

/** The outer shape of what comes through a port; anything else is dropped and counted. */
export const clientFrameSchema = z.discriminatedUnion("t", [
  z.strictObject({ t: z.literal("hello"), version: z.number().int() }),
  z.strictObject({
    t: z.literal("call"),
    id: z.number().int(),
    method: z.string().max(64),
    params: z.unknown(),
  }),
  z.strictObject({
    t: z.literal("subscribe"),
    id: z.number().int(),
    topic: z.string().max(64),
    params: z.unknown(),
  }),
  z.strictObject({ t: z.literal("unsubscribe"), id: z.number().int() }),
]);
