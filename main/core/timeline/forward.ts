import type { EventId, RoomId, TransactionId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type { Queued } from "../../../preload/contract/requests.ts";
import type { Handlers } from "../api.ts";
import { isObject, objectOf, parseEvent, stringOf, type JsonObject } from "../event.ts";
import { FailureError, invalid, valueOf } from "../failure.ts";
import type { UploadRow } from "../store/queries/sending.ts";
import { timelineQueries } from "../store/queries/timeline.ts";
import { answeredIn, withoutFallback } from "./answer.ts";
import { bundledEdit } from "./apply.ts";
import { validEdit } from "./event-item.ts";
import type { LocalRow } from "./local-item.ts";
import type { MessageLookup } from "./message-lookup.ts";
import type { FetchEvent } from "./missing-events.ts";

// A message said again in other rooms: its words and files as they are shown now, as rows of those rooms' queues.

export interface ForwardDeps extends MessageLookup {
  readonly fetchEvent: FetchEvent;
  readonly enqueue: (event: {
    readonly roomId: RoomId;
    readonly transactionId: TransactionId;
    readonly eventType: string;
    readonly content: JsonObject;
    readonly uploads: readonly UploadRow[];
  }) => Queued;
}

/** What goes out. */
export interface Forwarded {
  readonly eventType: string;
  readonly content: JsonObject;
}

interface Found extends Forwarded {
  /** The files it needs on the server first. */
  readonly uploads: readonly UploadRow[];
}

export function createForward(deps: ForwardDeps): Pick<Handlers, "forwardMessage"> {
  const queries = timelineQueries(deps.store.cache);

  /** The content as it is shown here; null when the event is not stored. */
  function stored(roomId: RoomId, eventId: EventId): Forwarded | null {
    const row = queries.storedRow.get({ roomId, eventId });
    if (row === undefined) return null;
    if (row.isRedacted !== 0 || row.stateKey !== null) throw refused();
    const edit = validEdit(row, queries.editsOf.all({ roomId, eventId }));
    return {
      eventType: row.type,
      content:
        waitingEdit(roomId, { eventId, transactionId: null }) ?? newContent(edit?.raw) ?? contentOf(row.raw),
    };
  }

  /** New words of ours that are on their way: they are what is shown. */
  function waitingEdit(roomId: RoomId, { eventId, transactionId }: MessageTarget): JsonObject | null {
    const isMeant = ({ relation }: LocalRow): boolean =>
      eventId === null ? relation?.transactionId === transactionId : relation?.eventId === eventId;
    const edit = deps
      .localRows(roomId)
      .findLast((row) => row.relation?.does === "edit" && isMeant(row) && row.send.state !== "unsent");
    const content = edit?.content["m.new_content"];
    return isObject(content) ? content : null;
  }

  /** What waits in this room under one of these names, or whose echo is not here yet; null when nothing does. */
  function waiting(roomId: RoomId, target: MessageTarget, eventId: EventId | null): LocalRow | null {
    const transactionId = target.transactionId === null ? null : deps.currentId(target.transactionId);
    const isMeant = (row: LocalRow): boolean =>
      row.transactionId === transactionId || (eventId !== null && row.eventId === eventId);
    return deps.localRows(roomId).find(isMeant) ?? null;
  }

  async function find(roomId: RoomId, target: MessageTarget): Promise<Found> {
    const eventId = deps.eventOf(roomId, target);
    const known = eventId === null ? null : stored(roomId, eventId);
    if (known !== null) return { ...known, uploads: [] };
    const row = waiting(roomId, target, eventId);
    if (row === null) {
      // Deleted before it went out.
      if (eventId === null) throw refused();
      return { ...(await fetched(roomId, eventId)), uploads: [] };
    }
    const { transactionId, eventType, send } = row;
    if (send.state === "unsent" && send.reason.code === "unreadable") throw refused();
    const content = waitingEdit(roomId, { eventId: row.eventId, transactionId }) ?? row.content;
    return { eventType, content, uploads: deps.neededUploads({ roomId, transactionId }) };
  }

  async function fetched(roomId: RoomId, eventId: EventId): Promise<Forwarded> {
    const event = parseEvent(valueOf(await deps.fetchEvent({ roomId, eventId })));
    const isIt =
      event?.eventId === eventId && (event.raw["room_id"] ?? roomId) === roomId && event.stateKey === null;
    if (!isIt || isObject(event.unsigned["redacted_because"])) throw refused();
    const edited = bundledEdit(event)?.content["m.new_content"];
    return { eventType: event.type, content: isObject(edited) ? edited : event.content };
  }

  return {
    async forwardMessage({ roomId, target, to }) {
      const { uploads, ...found } = await find(roomId, target);
      const forwarded = forwardable(found);
      if (forwarded === null) throw refused();
      // Each is the same row under the same transaction id: what a failure in between has left out comes by a repeat.
      for (const place of to) deps.enqueue({ ...place, ...forwarded, uploads });
    },
  };
}

const refused = (): FailureError => new FailureError(invalid("this cannot be forwarded"));

/** Kinds that mean the same anywhere. A poll's votes stay where it is. */
const kinds: ReadonlySet<unknown> = new Set([
  ...["m.text", "m.emote", "m.notice", "m.location"],
  ...["m.image", "m.video", "m.audio", "m.file"],
]);

/**
 * The content for another room: nothing of what it was related to, no quote of what it answered, and nobody is mentioned:
 * an empty `m.mentions` says so also to clients that look for names in the words. Null for what is not forwarded. Pure.
 */
export function forwardable({ eventType, content }: Forwarded): Forwarded | null {
  const isMessage = eventType === "m.room.message" && kinds.has(content["msgtype"]);
  if ((!isMessage && eventType !== "m.sticker") || stringOf(content, "body") === null) return null;
  // What only those of an encrypted room may read.
  if (isObject(content["file"])) return null;
  const { "m.relates_to": _relation, "m.new_content": _edit, ...rest } = content;
  const words = answeredIn(content) === null ? rest : withoutQuote(rest);
  return { eventType, content: { ...words, "m.mentions": {} } };
}

function withoutQuote(content: JsonObject): JsonObject {
  const body = stringOf(content, "body") ?? "";
  const html = stringOf(content, "formatted_body");
  return {
    ...content,
    body: withoutFallback(body),
    ...(html === null ? {} : { formatted_body: html.replace(/^\s*<mx-reply>[\s\S]*?<\/mx-reply>/, "") }),
  };
}

const contentOf = (raw: string): JsonObject => {
  const value: unknown = JSON.parse(raw);
  return isObject(value) ? objectOf(value, "content") : {};
};
function newContent(raw: string | undefined): JsonObject | null {
  const content = raw === undefined ? null : contentOf(raw)["m.new_content"];
  return isObject(content) ? content : null;
}
