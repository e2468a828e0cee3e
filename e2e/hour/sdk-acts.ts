import {
  M_POLL_KIND_DISCLOSED,
  M_POLL_KIND_UNDISCLOSED,
  ReceiptType,
  type MatrixClient,
  type MatrixEvent,
  type Room,
} from "matrix-js-sdk";
import { PollStartEvent } from "matrix-js-sdk/lib/extensible_events_v1/PollStartEvent.js";
import { formattedWords, geoOf, nextAct, notInSdk, pollOf, reactionKeys, type Act } from "./acts.ts";
import { isFileAct, type FileAct, type Files } from "./files.ts";
import type { Rooms } from "./ours.ts";
import type { Chance } from "./seeded.ts";
import { POLL, POLL_END, VOTE, type PollContent } from "./server-view.ts";

/** One act of somebody at matrix-js-sdk. It has a good line: what it does is done when it returns. */
export interface SdkDoing {
  readonly client: MatrixClient;
  readonly rooms: Rooms;
  readonly name: string;
  readonly chance: Chance;
  readonly files: Files;
  readonly n: number;
  readonly other: string;
}
type Content = Readonly<Record<string, unknown>>;

export async function actInSdk(doing: SdkDoing): Promise<Act> {
  const act = nextAct(doing.chance, notInSdk);
  if (isFileAct(act)) {
    await send(doing, await fileOf(doing, act));
    return act;
  }
  if ((await (saying[act]?.(doing) ?? relating[act]?.(doing) ?? aside[act]?.(doing))) === true) return act;
  await send(doing, textOf(doing));
  return "text";
}

const roomOf = ({ client, rooms }: SdkDoing): Room => {
  const room = client.getRoom(rooms.main);
  if (room === null) throw new Error("the SDK does not know the room");
  return room;
};
const idOf = (event: MatrixEvent): string => event.getId() ?? "";
const isOwn = ({ client }: SdkDoing, event: MatrixEvent): boolean => event.getSender() === client.getUserId();

/** What can be spoken of, in the room and in its threads. */
function lines(doing: SdkDoing): readonly MatrixEvent[] {
  const room = roomOf(doing);
  const all = [
    ...room.getLiveTimeline().getEvents(),
    ...room.getThreads().flatMap((thread) => thread.events),
  ];
  return [...new Set(all)].filter(
    (event) =>
      ["m.room.message", "m.sticker", POLL].includes(event.getType()) &&
      !event.isRedacted() &&
      !event.isRelation("m.replace") &&
      idOf(event).startsWith("$"),
  );
}
/** Those of the room's own timeline. */
const roomLines = (doing: SdkDoing): readonly MatrixEvent[] =>
  lines(doing).filter((event) => event.threadRootId === undefined || event.threadRootId === event.getId());
const kindOf = (event: MatrixEvent): unknown => event.getContent()["msgtype"];

const textOf = ({ name, n }: SdkDoing): Content => ({
  msgtype: "m.text",
  body: `${name} says ${n}`,
});
function wordsOf(doing: SdkDoing, act: "text" | "emote" | "notice" | "formatted"): Content {
  if (act !== "formatted") return { ...textOf(doing), msgtype: `m.${act}`, "m.mentions": {} };
  const { mentioned, ...words } = formattedWords(doing.name, doing.n, doing.other);
  return {
    msgtype: "m.text",
    ...words,
    "m.mentions": { user_ids: [mentioned] },
  };
}

async function send({ client, rooms }: SdkDoing, content: Content, type = "m.room.message"): Promise<true> {
  await client.sendEvent(rooms.main, type as never, content as never);
  return true;
}

async function upload(
  { client }: SdkDoing,
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
  name: string,
): Promise<string> {
  const { content_uri } = await client.uploadContent(new Blob([bytes], { type }), { type, name });
  return content_uri;
}

async function fileOf(doing: SdkDoing, act: FileAct | "sticker"): Promise<Content> {
  const { name, n, files, chance } = doing;
  const file = files.make(act === "sticker" ? "picture" : act, name, n);
  const { thumbnail, width: w, height: h, durationMs: duration } = file;
  const caption = chance.isLucky(0.5) && act !== "voice" && act !== "sticker" ? `${name} shows ${n}` : null;
  return {
    ...(act === "sticker" ? {} : { msgtype: `m.${file.kind}` }),
    body: caption ?? file.name,
    filename: file.name,
    url: await upload(doing, file.bytes, file.type, file.name),
    "m.mentions": {},
    info: {
      ...{ mimetype: file.type, size: file.bytes.length },
      ...(w === null ? {} : { w, h }),
      ...(duration === null ? {} : { duration }),
      ...(thumbnail === null
        ? {}
        : {
            thumbnail_url: await upload(doing, thumbnail.bytes, "image/png", "thumbnail"),
          }),
    },
    ...(act === "voice"
      ? {
          "org.matrix.msc3245.voice": {},
          "org.matrix.msc1767.audio": { duration, waveform: [0, 512, 1024] },
        }
      : {}),
  };
}

/** False: not possible now. */
type Attempt = (doing: SdkDoing) => Promise<boolean>;

const saying: Partial<Record<Act, Attempt>> = {
  text: (doing) => send(doing, wordsOf(doing, "text")),
  emote: (doing) => send(doing, wordsOf(doing, "emote")),
  notice: (doing) => send(doing, wordsOf(doing, "notice")),
  formatted: (doing) => send(doing, wordsOf(doing, "formatted")),
  location: (doing) =>
    send(doing, {
      msgtype: "m.location",
      body: `${doing.name} is at ${doing.n}`,
      geo_uri: geoOf(doing.n),
    }),
  sticker: async (doing) => send(doing, await fileOf(doing, "sticker"), "m.sticker"),
  async answer(doing) {
    const target = doing.chance.oneOf(roomLines(doing));
    if (target === undefined) return false;
    return send(doing, {
      ...textOf(doing),
      "m.relates_to": { "m.in_reply_to": { event_id: idOf(target) } },
    });
  },
  async thread(doing) {
    const room = roomOf(doing);
    const begun = room.getThreads().filter(({ rootEvent }) => rootEvent?.isRedacted() === false);
    const known = doing.chance.isLucky(0.7) ? doing.chance.oneOf(begun) : undefined;
    const root = known?.rootEvent ?? doing.chance.oneOf(roomLines(doing));
    if (root === undefined) return false;
    const rootId = idOf(root);
    // As Element does when a thread is opened that has no reply yet.
    if (room.getThread(rootId) === null) room.createThread(rootId, root, [root], true);
    await doing.client.sendEvent(doing.rooms.main, rootId, "m.room.message" as never, textOf(doing) as never);
    return true;
  },
  poll(doing) {
    const { question, answers, maxSelections, isDisclosed } = pollOf(doing.name, doing.n, doing.chance);
    const kind = isDisclosed ? M_POLL_KIND_DISCLOSED : M_POLL_KIND_UNDISCLOSED;
    const { type, content } = PollStartEvent.from(
      question,
      [...answers],
      kind.name,
      maxSelections,
    ).serialize();
    return send(doing, content as Content, type);
  },
};

const runningPolls = (doing: SdkDoing): readonly MatrixEvent[] =>
  lines(doing).filter(
    (event) => event.getType() === POLL && roomOf(doing).polls.get(idOf(event))?.isEnded === false,
  );
const about = (event: MatrixEvent): Content => ({
  "m.relates_to": { rel_type: "m.reference", event_id: idOf(event) },
});

const relating: Partial<Record<Act, Attempt>> = {
  async vote(doing) {
    const event = doing.chance.oneOf(runningPolls(doing));
    if (event === undefined) return false;
    const { answers } = event.getContent()[POLL] as PollContent;
    const answer = doing.chance.isLucky(0.05) ? "no-such-answer" : (doing.chance.oneOf(answers)?.id ?? "");
    return send(doing, { ...about(event), [VOTE]: { answers: [answer] } }, VOTE);
  },
  async endPoll(doing) {
    // Also polls of others, which nobody may believe.
    const event = doing.chance.oneOf(runningPolls(doing));
    return event !== undefined && send(doing, { ...about(event), [POLL_END]: {}, body: "over" }, POLL_END);
  },
  async edit(doing) {
    const editable = lines(doing).filter((event) =>
      ["m.text", "m.emote", "m.notice"].includes(String(kindOf(event))),
    );
    const target = doing.chance.oneOf(editable.filter((event) => isOwn(doing, event)));
    const act = doing.chance.oneOf(["text", "emote", "notice", "formatted"] as const) ?? "text";
    return target !== undefined && replace(doing, target, wordsOf(doing, act));
  },
  async editOfOthers(doing) {
    const target = doing.chance.oneOf(lines(doing).filter((event) => !isOwn(doing, event)));
    return target !== undefined && replace(doing, target, textOf(doing));
  },
  async caption(doing) {
    const files = lines(doing).filter(
      (event) => event.getType() !== "m.sticker" && "url" in event.getContent(),
    );
    const target = doing.chance.oneOf(files.filter((event) => isOwn(doing, event)));
    if (target === undefined) return false;
    return replace(doing, target, {
      ...target.getContent(),
      body: `${doing.name} now shows ${doing.n}`,
    });
  },
  async react(doing) {
    const target = doing.chance.oneOf(lines(doing));
    const key = doing.chance.oneOf(reactionKeys) ?? "";
    if (target === undefined) return false;
    const own = ownReaction(doing, target, key);
    if (own !== undefined) await doing.client.redactEvent(doing.rooms.main, idOf(own));
    else
      await send(
        doing,
        {
          "m.relates_to": {
            rel_type: "m.annotation",
            event_id: idOf(target),
            key,
          },
        },
        "m.reaction",
      );
    return true;
  },
  async delete(doing) {
    const target = doing.chance.oneOf(lines(doing).filter((event) => isOwn(doing, event)));
    if (target !== undefined) await doing.client.redactEvent(doing.rooms.main, idOf(target));
    return target !== undefined;
  },
};

function ownReaction(doing: SdkDoing, target: MatrixEvent, key: string): MatrixEvent | undefined {
  const relations = roomOf(doing).relations.getChildEventsForEvent(
    idOf(target),
    "m.annotation",
    "m.reaction",
  );
  return relations
    ?.getRelations()
    .find((event) => isOwn(doing, event) && !event.isRedacted() && event.getRelation()?.key === key);
}

/** New words for a message, with its place taken out of them. */
function replace(doing: SdkDoing, target: MatrixEvent, words: Content): Promise<true> {
  const { "m.relates_to": _, ...content } = words;
  return send(doing, {
    ...content,
    body: `* ${String(content["body"])}`,
    "m.new_content": content,
    "m.relates_to": { rel_type: "m.replace", event_id: idOf(target) },
  });
}

const aside: Partial<Record<Act, Attempt>> = {
  async pin(doing) {
    const target = doing.chance.oneOf(roomLines(doing));
    if (target === undefined) return false;
    const { client, rooms } = doing;
    const state = roomOf(doing).currentState.getStateEvents("m.room.pinned_events", "");
    const now = state?.getContent<{ pinned?: string[] }>().pinned ?? [];
    const pinned = now.filter((id) => id !== target.getId()).slice(-5);
    await client.sendStateEvent(
      rooms.main,
      "m.room.pinned_events" as never,
      { pinned: [...pinned, idOf(target)] } as never,
      "",
    );
    return true;
  },
  async forward(doing) {
    const target = doing.chance.oneOf(lines(doing).filter((event) => event.getType() === "m.room.message"));
    if (target === undefined) return false;
    const { "m.relates_to": _, ...content } = target.getContent();
    await doing.client.sendEvent(
      doing.rooms.aside,
      "m.room.message" as never,
      { ...content, "m.mentions": {} } as never,
    );
    return true;
  },
  readPublic: (doing) => read(doing, ReceiptType.Read),
  readPrivate: (doing) => read(doing, ReceiptType.ReadPrivate),
  async unread({ client, rooms, chance }) {
    const content = { unread: chance.isLucky(0.5) };
    await client.setRoomAccountData(rooms.aside, "m.marked_unread" as never, content as never);
    return true;
  },
};

async function read(doing: SdkDoing, type: ReceiptType): Promise<boolean> {
  const last = roomLines(doing).at(-1);
  if (last !== undefined) await doing.client.sendReadReceipt(last, type);
  return last !== undefined;
}
