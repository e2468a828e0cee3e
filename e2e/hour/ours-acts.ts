import type { EventId, UserId } from "../../preload/contract/ids.ts";
import type { MessageContent, MessageTarget } from "../../preload/contract/models/message-content.ts";
import { defaultSettings } from "../../preload/contract/models/settings.ts";
import type { MessageItem } from "../../preload/contract/models/timeline.ts";
import { formattedWords, geoOf, nextAct, notInOurs, pollOf, reactionKeys, type Act } from "./acts.ts";
import { isFileAct, type FileAct, type Files } from "./files.ts";
import type { OurClient } from "./ours.ts";
import type { Chance } from "./seeded.ts";

/** One act of somebody at a client of ours. */
export interface Doing {
  readonly client: OurClient;
  readonly chance: Chance;
  readonly files: Files;
  readonly n: number;
  /** Somebody to mention. */
  readonly other: UserId;
  readonly isModerator: boolean;
}

type Done = Act | "refused";

/** Does something that is possible now and answers what it was. */
export async function actInOurs(doing: Doing): Promise<Done> {
  const { chance, isModerator } = doing;
  const act = nextAct(chance, isModerator ? notInOurs : [...notInOurs, "deleteOfOthers"]);
  if (isFileAct(act)) return sendFile(doing, act);
  const isDone = await (saying[act]?.(doing) ?? relating[act]?.(doing) ?? aside[act]?.(doing));
  if (isDone === "refused") return "refused";
  if (isDone !== false && isDone !== undefined) return act;
  await send(doing, textOf(doing));
  return "text";
}

const messages = ({ client }: Doing): readonly MessageItem[] =>
  client.timeline.value.items.filter((item) => item.kind === "message");
/** And the replies of the thread that is open beside it. */
const andReplies = (doing: Doing): readonly MessageItem[] => [...messages(doing), ...replies(doing)];
function replies({ client: { thread } }: Doing): readonly MessageItem[] {
  const items = thread?.timeline.value.items ?? [];
  return items.filter((item) => item.kind === "message").filter(({ eventId }) => eventId !== thread?.root);
}
/** What is not sent yet is named by its transaction id. */
const targetOf = ({ eventId, transactionId }: MessageItem): MessageTarget => ({
  eventId,
  transactionId: eventId === null ? transactionId : null,
});
const isEvent = (item: MessageItem): item is MessageItem & { eventId: EventId } => item.eventId !== null;

const textOf = ({ client, n }: Doing): MessageContent => ({
  msgtype: "m.text",
  body: `${client.name} says ${n}`,
});
function wordsOf(doing: Doing, act: "text" | "emote" | "notice" | "formatted"): MessageContent {
  const { client, n, other } = doing;
  if (act !== "formatted") return { ...textOf(doing), msgtype: `m.${act}` };
  const { mentioned: _, ...words } = formattedWords(client.name, n, other);
  return { msgtype: "m.text", ...words, "m.mentions": { user_ids: [other] } };
}

async function send(
  { client, n }: Doing,
  content: MessageContent,
  place: { replyTo?: MessageTarget; thread?: MessageTarget } = {},
): Promise<true> {
  await client.port.call("sendMessage", {
    roomId: client.rooms.main,
    transactionId: client.newId(n),
    content,
    ...place,
  });
  return true;
}

/** A file through the steps a page takes, in the room or in a thread. */
async function sendFile(doing: Doing, act: FileAct): Promise<Act> {
  const { client, chance, files, n } = doing;
  const caption = chance.isLucky(0.5) && act !== "voice" ? `${client.name} shows ${n}` : "";
  const voice = act === "voice" ? { waveform: [0, n % 1024, 512, 1024] } : null;
  const attachment = await client.stage(files.make(act, client.name, n), n, {
    caption,
    voice,
  });
  const html = caption !== "" && chance.isLucky(0.5) ? { captionHtml: `<b>${caption}</b>` } : {};
  const thread = chance.isLucky(0.2) ? rootIn(doing) : null;
  await client.port.call("sendAttachment", {
    ...{
      roomId: client.rooms.main,
      transactionId: client.newId(n),
      attachment,
      ...html,
    },
    ...(thread === null ? {} : { thread }),
  });
  return act;
}

/** A thread there is, or anything to begin one at. */
function rootIn(doing: Doing): MessageTarget | null {
  const items = messages(doing);
  const begun = items.filter(({ relations }) => relations?.thread !== undefined);
  const root = doing.chance.oneOf(begun.length > 0 && doing.chance.isLucky(0.7) ? begun : items);
  return root === undefined ? null : targetOf(root);
}

/** False: not possible now. */
type Attempt = (doing: Doing) => Promise<boolean | "refused">;

const saying: Partial<Record<Act, Attempt>> = {
  text: (doing) => send(doing, textOf(doing)),
  emote: (doing) => send(doing, wordsOf(doing, "emote")),
  notice: (doing) => send(doing, wordsOf(doing, "notice")),
  formatted: (doing) => send(doing, wordsOf(doing, "formatted")),
  location: (doing) =>
    send(doing, {
      msgtype: "m.location",
      body: `${doing.client.name} is at ${doing.n}`,
      geo_uri: geoOf(doing.n),
    }),
  async answer(doing) {
    const item = doing.chance.oneOf(messages(doing));
    return item !== undefined && send(doing, textOf(doing), { replyTo: targetOf(item) });
  },
  async thread(doing) {
    const root = rootIn(doing);
    if (root === null) return false;
    if (root.eventId !== null) await doing.client.openThread(root.eventId);
    const answered =
      root.eventId !== null && doing.chance.isLucky(0.3) ? doing.chance.oneOf(replies(doing)) : undefined;
    const replyTo = answered === undefined ? {} : { replyTo: targetOf(answered) };
    return send(doing, textOf(doing), { thread: root, ...replyTo });
  },
  async poll(doing) {
    const { client, n, chance } = doing;
    const poll = pollOf(client.name, n, chance);
    await client.port.call("startPoll", {
      roomId: client.rooms.main,
      transactionId: client.newId(n),
      poll,
    });
    return true;
  },
};

const relating: Partial<Record<Act, Attempt>> = {
  async vote(doing) {
    const poll = runningPoll(doing, () => true);
    if (poll === null) return false;
    const { answers, maxSelections } = poll.view;
    const first = Math.floor(doing.chance.next() * answers.length);
    const answerIds = answers.slice(first, first + maxSelections).map(({ id }) => id);
    await call(doing, "votePoll", { pollId: poll.eventId, answerIds });
    return true;
  },
  async endPoll(doing) {
    const poll = runningPoll(doing, ({ canEnd }) => canEnd);
    if (poll === null) return false;
    await call(doing, "endPoll", { pollId: poll.eventId });
    return true;
  },
  async edit(doing) {
    const own = andReplies(doing).filter(
      ({ sender, body }) => sender.isOwn && ["text", "emote", "notice"].includes(body.type),
    );
    const item = doing.chance.oneOf(own);
    if (item === undefined) return false;
    const act = doing.chance.oneOf(["text", "emote", "notice", "formatted"] as const) ?? "text";
    await call(doing, "editMessage", {
      target: targetOf(item),
      content: wordsOf(doing, act),
    });
    return true;
  },
  async react(doing) {
    const item = doing.chance.oneOf(andReplies(doing));
    const key = doing.chance.oneOf(reactionKeys) ?? "";
    if (item === undefined) return false;
    const isThere = item.relations?.reactions.some((one) => one.key === key && one.isOwn) === true;
    await call(doing, isThere ? "unreact" : "react", {
      target: targetOf(item),
      key,
    });
    return true;
  },
  delete: (doing) => remove(doing, true),
  deleteOfOthers: (doing) => remove(doing, false),
};

async function remove(doing: Doing, isOwn: boolean): Promise<boolean> {
  const item = doing.chance.oneOf(andReplies(doing).filter(({ sender }) => sender.isOwn === isOwn));
  if (item === undefined) return false;
  await call(doing, "redactMessage", {
    target: targetOf(item),
    reason: isOwn ? null : `act ${doing.n}`,
  });
  return true;
}

function runningPoll(doing: Doing, isMeant: (view: { readonly canEnd: boolean }) => boolean) {
  const polls = messages(doing)
    .filter(isEvent)
    .flatMap(({ eventId, body }) => (body.type === "poll" ? [{ eventId, view: body.poll }] : []))
    .filter(({ view }) => !view.isEnded && isMeant(view));
  return doing.chance.oneOf(polls) ?? null;
}

type Relating = "votePoll" | "endPoll" | "editMessage" | "react" | "unreact" | "redactMessage";
async function call<M extends Relating>(
  { client, n }: Doing,
  method: M,
  params: Omit<Parameters<OurClient["port"]["call"]>[1], "roomId" | "transactionId">,
): Promise<void> {
  const where = { roomId: client.rooms.main, transactionId: client.newId(n) };
  await client.port.call(method, { ...where, ...params } as never);
}

const aside: Partial<Record<Act, Attempt>> = {
  async pin(doing) {
    const { client, chance } = doing;
    const { main: roomId } = client.rooms;
    const item = chance.oneOf(messages(doing).filter(isEvent));
    if (item === undefined) return false;
    const room = await client.port.watch("room", { roomId });
    const { pinned } = room.value;
    room.close();
    const down = pinned.length > 5 ? chance.oneOf(pinned) : undefined;
    const pin = {
      roomId,
      target: { eventId: down ?? item.eventId, transactionId: null },
      isPinned: down === undefined,
    };
    // Told at once where the server says no now.
    return client.port.call("pinMessage", pin).then(
      () => true,
      () => "refused",
    );
  },
  async forward(doing) {
    const { client, chance, n } = doing;
    const items = messages(doing).filter(({ body, eventId }) => eventId !== null && body.type !== "poll");
    const item = chance.oneOf(items.filter(isEvent));
    if (item === undefined) return false;
    const { main, aside: other } = client.rooms;
    const to = [{ roomId: other, transactionId: client.newId(n) }];
    if (chance.isLucky(0.2)) to.push({ roomId: main, transactionId: client.newId(n) });
    await client.port.call("forwardMessage", {
      roomId: main,
      target: { eventId: item.eventId, transactionId: null },
      to,
    });
    return true;
  },
  readPublic: (doing) => read(doing, "public"),
  readPrivate: (doing) => read(doing, "private"),
  async unread({ client, chance }) {
    await client.port.call("markUnread", {
      roomId: client.rooms.aside,
      isUnread: chance.isLucky(0.5),
    });
    return true;
  },
  async draft({ client, chance, n }) {
    const body = chance.isLucky(0.8) ? `${client.name} is about to say ${n}` : null;
    const draft = body === null ? null : { body };
    await client.port.call("saveDraft", { roomId: client.rooms.main, draft });
    client.draft = body;
    return true;
  },
};

async function read(doing: Doing, readReceipts: "public" | "private"): Promise<boolean> {
  const { client } = doing;
  const last = messages(doing).filter(isEvent).at(-1);
  if (last === undefined) return false;
  await client.port.call("saveSettings", {
    settings: { ...defaultSettings, readReceipts },
  });
  await client.port.call("markRead", {
    roomId: client.rooms.main,
    eventId: last.eventId,
  });
  return true;
}
