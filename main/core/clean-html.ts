import sanitizeHtml from "sanitize-html";
import type { MxcUri } from "../../preload/contract/ids.ts";
import { objectOf, stringOf, type JsonObject } from "./event.ts";
import { mxcPath, parseMediaPath, parseMxc } from "./mxc.ts";
import { oneLine, plainText, withoutUnwanted } from "./text.ts";

// The first guard against hostile HTML, on ingest (the second is DOMPurify in the page, the third its CSP). An
// allow-list of tags and attributes from the specification, m.room.message. Pure.

/** Longer bodies are shown as their plain text. */
const MAX_INPUT = 65_536;
/** Bodies of more tags too: cleaning is synchronous, and its cost is that of tags (64 kB of `<b>` took 150 ms). */
const MAX_TAGS = 2_000;
/** Spec: deeper tags must not be kept. */
const MAX_DEPTH = 100;
const MAX_ROUNDS = 4;

const tags = (
  "del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table thead tbody tr th " +
  "td caption pre span img details summary"
).split(" ");

/** Tags whose content is no text for people. `mx-reply` is the quote old clients put before a reply. */
const withoutContent = (
  "mx-reply script style noscript template iframe object embed svg math title textarea option select xmp plaintext " +
  "noembed noframes audio video canvas head"
).split(" ");

type Attributes = Record<string, string>;

/** The permitted attributes of each tag, each checked or rewritten; what is not returned is dropped. */
const attributesOf: Readonly<Record<string, (given: Attributes) => Attributes>> = {
  a: ({ href = "" }) => present({ href: safeHref(href) }),
  ol: ({ start = "" }) => present({ start: /^-?\d{1,9}$/.test(start) ? start : null }),
  code: (given) => present({ class: languageIn(given.class ?? "") }),
  span: (given) =>
    present({
      "data-mx-color": colour(given["data-mx-color"]),
      "data-mx-bg-color": colour(given["data-mx-bg-color"]),
      "data-mx-spoiler": reasonOf(given["data-mx-spoiler"]),
      "data-mx-maths": plainText(given["data-mx-maths"], 2000),
    }),
  div: (given) => present({ "data-mx-maths": plainText(given["data-mx-maths"], 2000) }),
  img: (given) =>
    present({
      "data-mxc": imagePath(given),
      "data-mx-emoticon": isEmoticon(given) ? "" : null,
      alt: labelOf(given.alt),
      title: labelOf(given.title),
      width: pixels(given.width),
      height: pixels(given.height),
    }),
};

/** Clean HTML, or null when it is too long or nothing of it is to be seen. Cleaning it again changes nothing. */
export function cleanHtml(html: string): string | null {
  if (html.length > MAX_INPUT || hasMoreThan(MAX_TAGS, "<", html)) return null;
  const clean = cleanUntilStable(html);
  return clean !== null && isVisible(clean) ? clean : null;
}

function hasMoreThan(most: number, character: string, text: string): boolean {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1))
    if (++count > most) return true;
  return false;
}

/** Dropped tags change what the tags around them mean; two rounds settle all but the malicious. */
function cleanUntilStable(html: string): string | null {
  let before = html;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const clean = sanitizeHtml(before, options);
    if (clean === before) return clean;
    before = clean;
  }
  return null;
}

const options: sanitizeHtml.IOptions = {
  allowedTags: tags,
  allowedAttributes: {
    a: ["href"],
    ol: ["start"],
    code: ["class"],
    span: ["data-mx-color", "data-mx-bg-color", "data-mx-spoiler", "data-mx-maths"],
    div: ["data-mx-maths"],
    img: ["data-mxc", "data-mx-emoticon", "alt", "title", "width", "height"],
  },
  allowedSchemes: ["https", "http", "ftp", "mailto", "magnet", "matrix"],
  allowProtocolRelative: false,
  disallowedTagsMode: "discard",
  nonTextTags: withoutContent,
  nestingLimit: MAX_DEPTH,
  selfClosing: ["img", "br", "hr"],
  transformTags: {
    "*": (tagName, given) => ({ tagName, attribs: attributesOf[tagName]?.(given) ?? {} }),
    // A picture we will not show leaves its words.
    img: (tagName, given) =>
      imagePath(given) === null
        ? { tagName: "span", attribs: {}, text: labelOf(given.alt) ?? "" }
        : { tagName, attribs: given },
    // Of versions of the specification before 1.10, still in old messages.
    strike: "s",
    font: (_tagName, given) => ({
      tagName: "span",
      attribs: attributesOf.span?.({ "data-mx-color": given.color ?? "", ...given }) ?? {},
    }),
  },
  textFilter: withoutUnwanted,
};

const present = (attributes: Readonly<Record<string, string | null>>): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== null),
  );

/** An absolute address of a permitted scheme, as it was written; else null. */
function safeHref(href: string): string | null {
  const text = href.trim();
  // "https:host" and "https:\\host" are relative to whoever reads them.
  if (!/^(?:(?:https?|ftp):\/\/[^/\\]|mailto:|magnet:\?|matrix:(?:u|r|roomid)\/)/i.test(text)) return null;
  return text.length <= 8192 && withoutUnwanted(text) === text && !/\s/.test(text) && URL.canParse(text)
    ? text
    : null;
}

/** The one class with a meaning: the language of a block of code. */
const languageIn = (classes: string): string | null =>
  /(?:^|\s)(language-[\w+#.-]{1,40})(?:\s|$)/.exec(classes)?.[1] ?? null;

const colour = (value: string | undefined): string | null =>
  value !== undefined && /^#[0-9a-f]{6}$/i.test(value) ? value : null;

/** A spoiler without a reason is one all the same. */
const reasonOf = (value: string | undefined): string | null =>
  value === undefined ? null : (labelOf(value) ?? "");

function labelOf(value: string | undefined): string | null {
  const text = plainText(value, 1000);
  return text === null ? null : oneLine(text, 500);
}

const pixels = (value: string | undefined): string | null =>
  value !== undefined && /^\d{1,5}$/.test(value) ? String(Math.min(Number(value), 4096)) : null;

/** Thumbnails for a picture among words, and for one that stands for an emoji; the standard sizes of servers. */
const PICTURE = { width: 640, height: 480, method: "scale" } as const;
const EMOTICON = { width: 96, height: 96, method: "scale" } as const;

/** A custom emoticon, whatever the attribute says (spec: Sending custom emotes). */
const isEmoticon = (given: Attributes): boolean => given["data-mx-emoticon"] !== undefined;

/** Only what our own media cache serves: no picture is ever fetched from an address in a message (ATT-13). */
function imagePath(given: Attributes): string | null {
  const mxc = parseMxc(given.src);
  if (mxc !== null) return mxcPath(mxc, isEmoticon(given) ? EMOTICON : PICTURE);
  const path = given["data-mxc"] ?? "";
  return parseMediaPath(path) === null ? null : path;
}

/** The media that the formatted bodies of an event show, as we read them: however their addresses were written. */
export function picturesOf(event: JsonObject): MxcUri[] {
  const content = objectOf(event, "content");
  return [content, objectOf(content, "m.new_content")].flatMap((one) => {
    const html = stringOf(one, "formatted_body");
    const paths = html === null ? [] : picturesIn(cleanHtml(html) ?? "");
    return paths.flatMap((path) => parseMediaPath(path)?.mxc ?? []);
  });
}

/** The media paths of the pictures in a clean body. */
export const picturesIn = (clean: string): readonly string[] =>
  [...clean.matchAll(/<img [^>]*\bdata-mxc="([^"]+)"/g)].map(([, path = ""]) =>
    path.replaceAll("&amp;", "&"),
  );

/** Anything but blanks once the tags are gone; pictures and lines count as something. */
function isVisible(clean: string): boolean {
  if (/<(?:img|hr) /.test(clean)) return true;
  const text = clean.replace(/<[^>]*>/g, "").replace(/&(?:nbsp|#160|#xa0);/gi, " ");
  return plainText(text, text.length) !== null;
}
