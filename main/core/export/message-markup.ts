import type { EventId } from "../../../preload/contract/ids.ts";
import type { Version } from "../../../preload/contract/models/relations.ts";
import type {
  EventItem,
  MediaInfo,
  MessageBody,
  MessageItem,
  Quote,
  Relations,
} from "../../../preload/contract/models/timeline.ts";
import { picturesIn } from "../clean-html.ts";
import { exportedHtml, type PictureAt } from "./exported-html.ts";
import { element, type Child, type Markup } from "./markup.ts";
import { changeSentence, dayAndTime, nameOf, timeOfDay, words } from "./words.ts";

// One event as the archive shows it: who, when and what, with what was said of it. Pure. Everything anybody wrote goes
// through `element`, which escapes it, or through `exportedHtml`, which cleans it.

/** A file of the archive, as an address relative to the page; null when it is not there. */
export type MediaAt = (mediaPath: string | null) => string | null;

export interface Surroundings {
  readonly mediaAt: MediaAt;
  /** The message stands on this page, so that one can jump to it. */
  readonly isHere: (eventId: EventId) => boolean;
}

export interface ShownEvent {
  readonly eventId: EventId;
  readonly item: EventItem;
  readonly versions: readonly Version[];
}

export const anchorOf = (eventId: EventId): string => `event-${encodeURIComponent(eventId)}`;

export function eventMarkup({ eventId, item, versions }: ShownEvent, around: Surroundings): Markup {
  const id = anchorOf(eventId);
  const time = element(
    "time",
    { datetime: isoTime(item.ts), title: dayAndTime(item.ts) },
    timeOfDay(item.ts),
  );
  switch (item.kind) {
    case "state":
      return element("p", { id, class: "change" }, time, " ", changeSentence(item.sender, item.change));
    case "message":
      return element(
        "article",
        { id },
        element(
          "header",
          {},
          element("span", { class: "name", title: item.sender.userId }, nameOf(item.sender)),
          time,
        ),
        quoteMarkup(item.relations?.reply ?? null, around),
        bodyMarkup(item.body, around.mediaAt, nameOf(item.sender)),
        editMarkup(item, versions),
        reactionsMarkup(item.relations),
      );
    default:
      return element(
        "article",
        { id },
        element(
          "header",
          {},
          element("span", { class: "name", title: item.sender.userId }, nameOf(item.sender)),
          time,
        ),
        element("p", { class: "deleted" }, insteadOfWords(item)),
      );
  }
}

/** The media paths an event needs: its own file, and pictures within its words. */
export function mediaOf(item: EventItem): readonly string[] {
  if (item.kind !== "message") return [];
  const { body } = item;
  if ("media" in body) return body.media.file === null ? [] : [body.media.file];
  return "html" in body && body.html !== null ? picturesIn(body.html) : [];
}

/** An ISO time, also for times no calendar has. */
function isoTime(ts: number): string | null {
  const date = new Date(ts);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function insteadOfWords(item: Exclude<EventItem, { kind: "message" | "state" }>): string {
  switch (item.kind) {
    case "redacted":
      return words.deleted(item.redactedBy, item.reason);
    case "undecryptable":
      return words.unreadable;
    case "placeholder":
      return words.malformed;
    case "call":
      return words.call(item.isVideo, item.outcome);
  }
}

function quoteMarkup(quote: Quote | null, { isHere }: Surroundings): Child {
  if (quote === null) return null;
  if (quote.state === "redacted") return element("p", { class: "quiet" }, words.answersDeleted);
  if (quote.state !== "shown" || quote.sender === null)
    return element("p", { class: "quiet" }, words.answersMissing);
  const { eventId, sender, text, kind } = quote;
  const title = words.answers(sender.name);
  const isLink = eventId !== null && isHere(eventId);
  return element(
    "blockquote",
    { class: "quote" },
    isLink ? element("a", { href: `#${anchorOf(eventId)}` }, title) : title,
    "\n",
    text === "" ? (words.kind[kind] ?? "") : text,
  );
}

function bodyMarkup(body: MessageBody, mediaAt: MediaAt, name: string): Child {
  switch (body.type) {
    case "text":
    case "notice":
    case "emote":
      return wordsMarkup(body, mediaAt, body.type === "emote" ? `* ${name} ` : "");
    case "image":
    case "sticker":
    case "video":
    case "audio":
    case "file":
      return mediaMarkup(body.type, body.text, body.media, mediaAt);
    case "location":
      return [
        element("p", { class: "text" }, body.text),
        element("p", { class: "quiet" }, words.place(body.place.latitude, body.place.longitude)),
      ];
    case "poll":
      return [
        element("p", { class: "quiet" }, words.poll(body.poll.isEnded)),
        element("p", { class: "text" }, body.poll.question),
        element(
          "ul",
          {},
          body.poll.answers.map(({ text, votes }) => element("li", {}, `${text} (${words.votes(votes)})`)),
        ),
      ];
    case "other":
      return [
        element("p", { class: "text" }, body.text),
        element("p", { class: "quiet" }, words.unknownKind(body.msgtype)),
      ];
  }
}

function wordsMarkup(
  { text, html, type }: Extract<MessageBody, { html: string | null }>,
  mediaAt: MediaAt,
  before: string,
): Child {
  const pictureAt: PictureAt = (path) => mediaAt(path === "" ? null : mediaPathOf(path));
  const quiet = type === "notice" ? " quiet" : "";
  if (html === null) return element("p", { class: `text${quiet}` }, before, text);
  return element("div", { class: `html${quiet}` }, before, exportedHtml(html, pictureAt));
}

/** The whole medium, whatever size of it a page asks for. */
export const mediaPathOf = (path: string): string => path.split("?", 1)[0] ?? path;

function mediaMarkup(
  type: "image" | "sticker" | "video" | "audio" | "file",
  text: string,
  media: MediaInfo,
  mediaAt: MediaAt,
): Child {
  const at = mediaAt(media.file);
  const kind = words.kind[type] ?? type;
  const caption = text === "" || text === media.name ? null : element("p", { class: "text" }, text);
  if (at === null) return [element("p", { class: "quiet" }, words.missing(kind, media.name)), caption];
  const size = { width: media.width, height: media.height };
  switch (type) {
    case "image":
    case "sticker":
      return [
        element(
          "a",
          { href: at },
          element("img", { src: at, alt: text || media.name, loading: "lazy", ...size }),
        ),
        caption,
      ];
    case "video":
      return [element("video", { src: at, controls: true, preload: "none", ...size }), caption];
    case "audio":
      return [element("audio", { src: at, controls: true, preload: "none" }), caption];
    case "file":
      return [element("p", {}, element("a", { href: at }, media.name)), caption];
  }
}

function editMarkup(item: MessageItem, versions: readonly Version[]): Child {
  const edit = item.relations?.edit ?? null;
  if (edit === null) return null;
  const earlier = versions.slice(0, -1);
  const said = element("p", { class: "quiet" }, words.edited(dayAndTime(edit.ts)));
  if (earlier.length === 0) return said;
  return element(
    "details",
    { class: "quiet" },
    element("summary", {}, `${words.edited(dayAndTime(edit.ts))} · ${words.versions}`),
    earlier.map(({ ts, body }) => element("p", { class: "text" }, `${dayAndTime(ts)} · `, body.text)),
  );
}

function reactionsMarkup(relations: Relations | null): Child {
  if (relations === null || relations.reactions.length === 0) return null;
  return element(
    "ul",
    { class: "reactions" },
    relations.reactions.map(({ key, picture, count, names }) =>
      element("li", { title: words.reacted(namesOf(names, count)) }, `${picture?.name || key} ${count}`),
    ),
  );
}

function namesOf(names: readonly string[], count: number): string {
  const said = names.join(", ");
  return count > names.length ? `${said} ${words.more(count - names.length)}` : said;
}
