import { parseMatrixLink } from "../../preload/contract/matrix-link.ts";
import { cleanHtml } from "../text/clean-html.ts";
import { linkify } from "../text/linkify.ts";

/** Nobody reads more previews of one message; a message with hundreds of links must not ask hundreds of questions. */
const MOST = 5;
/** What is quoted was said elsewhere, code is no invitation, and what is hidden is not for its reader yet. */
const apart = "blockquote, pre, code, .spoiler";

/**
 * The web pages a message leads to, the first few, each once, as its words show them: a link counts wherever it leads,
 * whatever it is called. Rooms and people are no pages.
 */
export function pagesOf(body: { readonly text: string; readonly html: string | null }): readonly string[] {
  const nodes = body.html === null ? null : cleanHtml(body.html);
  const pages = new Set<string>();
  for (const href of nodes === null ? inText(body.text) : inNodes(nodes)) {
    if (isPage(href)) pages.add(href);
    if (pages.size === MOST) break;
  }
  return [...pages];
}

function* inText(text: string): Iterable<string> {
  for (const piece of linkify(text)) if (piece.type === "link") yield piece.href;
}

function* inNodes(nodes: DocumentFragment): Iterable<string> {
  for (const link of nodes.querySelectorAll("a[href]"))
    if (link.closest(apart) === null) yield link.getAttribute("href") ?? "";
}

const isPage = (href: string): boolean => /^https?:/i.test(href) && parseMatrixLink(href) === null;
