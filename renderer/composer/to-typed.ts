import type { DraftMention } from "../../preload/contract/models/room.ts";
import type { MessageBody } from "../../preload/contract/models/timeline.ts";
import { formatted } from "./formatting.ts";
import { rainbow } from "./rainbow.ts";

// What one would type to get a message: the way back, for editing. What stands in the field then has to mean the same
// again, also where the message was not written in Markdown: sent as it stands, as HTML, or by a command that adds signs.

const SHRUG = "¯\\_(ツ)_/¯";

/** Of the words of a message; `html` null: they have no other form. Null while what formats them is on its way. */
export function toTyped(
  type: MessageBody["type"],
  text: string,
  html: string | null,
  mentions: readonly DraftMention[],
): string | null {
  if (type === "emote") return `/me ${text}`;
  if (type === "notice") return `/notice ${text}`;
  const format = formatted(text, mentions);
  if (format === null) return null;
  // Lines left empty in front would be taken away, too.
  const isPlain = format.html === null && !/^[^\S\n]*\n/.test(text);
  if (html === null) return isPlain ? withSlash(text) : asItStands(text);
  if (meansTheSame(format.html ?? escaped(text), html)) return withSlash(text);
  if (meansTheSame(rainbow(text), html)) return `/rainbow ${text}`;
  return `/html ${html}`;
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** What looks like a command is meant as text: a second slash says so. */
export const withSlash = (text: string): string => (text.startsWith("/") ? `/${text}` : text);

function asItStands(text: string): string {
  if (text === SHRUG) return "/shrug";
  return text.startsWith(`${SHRUG} `) ? `/shrug ${text.slice(SHRUG.length + 1)}` : `/plain ${text}`;
}

/** One says what the other says: the same words in the same elements, whatever cleaning has done to their attributes. */
const meansTheSame = (one: string, other: string): boolean => outline(one) === outline(other);

function outline(html: string): string {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  // What stands alone may stand in a paragraph, or not.
  const [only] = body.children;
  const isAlone = body.childNodes.length === 1 && only?.tagName === "P";
  return inside(isAlone ? only : body)
    .replace(/\s+/g, " ")
    .trim();
}

/** As sanitising and other clients may write the same. */
const same: Readonly<Record<string, string>> = { B: "STRONG", I: "EM", STRIKE: "DEL", S: "DEL" };

function inside(node: Node): string {
  let text = "";
  for (const child of node.childNodes) {
    if (child instanceof Text) text += child.data.replace(/[<>]/g, "\\$&");
    else if (child instanceof HTMLElement) text += outlineOf(child);
  }
  return text;
}

function outlineOf(element: HTMLElement): string {
  const { tagName } = element;
  const words = inside(element);
  // Addresses that every client finds by itself.
  if (tagName === "A" && isOwnAddress(element)) return words;
  const colour = element.getAttribute("data-mx-color") ?? element.getAttribute("color") ?? "";
  return `<${same[tagName] ?? tagName}${colour === "" ? "" : ` ${colour.toLowerCase()}`}>${words}</>`;
}

function isOwnAddress(link: HTMLElement): boolean {
  const plain = (address: string): string =>
    address.replace(/^(?:mailto:|https?:\/\/)/, "").replace(/\/$/, "");
  return plain(link.getAttribute("href") ?? "") === plain(link.textContent);
}
