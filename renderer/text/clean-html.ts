import createDOMPurify from "dompurify";
import { linkify, safeHref } from "./linkify.ts";
import { matrixLink, parseMatrixLink } from "../../preload/contract/matrix-link.ts";
import { strings } from "./timeline-strings.ts";

// The second guard against hostile HTML (the first is main, on ingest; the third is the CSP). Works on nodes: what
// DOMPurify has approved goes into the page as those very nodes and is never parsed again, which is what mutation
// attacks need. Tags and attributes: spec, m.room.message msgtypes.

const tags = (
  "del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table thead tbody tr th " +
  "td caption pre span img details summary"
).split(" ");
const attributes = ["href", "alt", "title", "start", "class", "width", "height"].concat([
  "data-mxc",
  "data-mx-emoticon",
  "data-mx-bg-color",
  "data-mx-color",
  "data-mx-spoiler",
  "data-mx-maths",
]);

/** Longer bodies are shown as their plain text. */
export const MAX_HTML = 150_000;

let purifier: ReturnType<typeof createDOMPurify> | null = null;
const cleaned = new Map<string, DocumentFragment>();
const KEPT = 200;

/** The nodes for a formatted body, new ones for each call; null when it should be shown as plain text. */
export function cleanHtml(html: string): DocumentFragment | null {
  if (html.length > MAX_HTML) return null;
  let fragment = cleaned.get(html);
  if (fragment === undefined) {
    fragment = dress(purify(html));
    // Scrolling back and forth shows the same messages again and again.
    if (cleaned.size >= KEPT) cleaned.delete(cleaned.keys().next().value ?? "");
    cleaned.set(html, fragment);
  }
  const copy = fragment.cloneNode(true) as DocumentFragment;
  for (const element of copy.querySelectorAll<HTMLElement>("[data-mx-color],[data-mx-bg-color]"))
    paint(element);
  return copy;
}

function purify(html: string): DocumentFragment {
  purifier ??= createDOMPurify(window);
  return purifier.sanitize(html, {
    ALLOWED_TAGS: tags,
    ALLOWED_ATTR: attributes,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    // Content of these is no text for people (mx-reply: the quote of an old client).
    FORBID_CONTENTS: [
      "script",
      "style",
      "mx-reply",
      "noscript",
      "template",
      "iframe",
      "object",
      "svg",
      "math",
    ].concat(["title", "textarea", "select", "xmp", "plaintext", "noembed", "noframes", "audio", "video"]),
    // As main has it (XSS-06).
    ALLOWED_URI_REGEXP: /^(?:(?:https?|ftp):\/\/|mailto:|magnet:\?|matrix:(?:u|r|roomid)\/)/i,
    // Every other attribute's value must look like such an address, unless it is named here.
    ADD_URI_SAFE_ATTR: attributes.filter((name) => name !== "href"),
    SANITIZE_NAMED_PROPS: true,
    RETURN_DOM_FRAGMENT: true,
  });
}

/** From clean HTML to what we show: links that only we open, spoilers, code with a button, tables that scroll. */
function dress(fragment: DocumentFragment): DocumentFragment {
  const each = (selector: string, act: (element: HTMLElement) => void) => {
    fragment.querySelectorAll<HTMLElement>(selector).forEach(act);
  };
  each("[class]", keepLanguage);
  each("[data-mx-color]", (marked) => keepColour(marked, "data-mx-color"));
  each("[data-mx-bg-color]", (marked) => keepColour(marked, "data-mx-bg-color"));
  each("img", (image) => image.replaceWith(wordsOf(image)));
  each("[width],[height],[data-mxc],[data-mx-emoticon]", keepMeasures);
  each("a", dressLink);
  linkTexts(fragment);
  each("[data-mx-spoiler]", dressSpoiler);
  each("pre", dressCode);
  each("table", dressTable);
  return fragment;
}

/** A path below the resources base that main has written: our own server's thumbnail, never an address of a message. */
const mediaPath =
  /^media\/(?:[A-Za-z0-9]|%5B)(?:[A-Za-z0-9.-]|%(?:5B|5D|3A))*\/[A-Za-z0-9_-]{1,255}\?width=\d{1,4}&height=\d{1,4}&method=(?:scale|crop)$/;

/** A picture's words stand for it, until it is shown in their place (finish-html.ts), and where it never is. */
function wordsOf(image: HTMLElement): HTMLElement {
  const alt = image.getAttribute("alt") ?? image.getAttribute("title") ?? "";
  const words = element("span", "html-image", alt);
  const path = image.getAttribute("data-mxc") ?? "";
  const title = image.getAttribute("title");
  if (title !== null) words.title = title;
  if (!mediaPath.test(path)) return words;
  words.setAttribute("data-mxc", path);
  for (const name of ["width", "height", "data-mx-emoticon"]) {
    const value = image.getAttribute(name);
    if (value !== null && /^\d{0,4}$/.test(value)) words.setAttribute(name, value);
  }
  return words;
}

/** Only of pictures. */
function keepMeasures(marked: HTMLElement): void {
  if (marked.classList.contains("html-image")) return;
  for (const name of ["width", "height", "data-mxc", "data-mx-emoticon"]) marked.removeAttribute(name);
}

function dressLink(link: HTMLElement): void {
  const address = link.getAttribute("href") ?? "";
  const target = parseMatrixLink(address);
  const href = target === null ? safeHref(address) : matrixLink(target);
  if (href === null) {
    link.replaceWith(...link.childNodes);
    return;
  }
  link.setAttribute("href", href);
  link.setAttribute("rel", "noreferrer noopener");
  // Where it leads is to be seen before it is opened, whatever the words say.
  link.setAttribute("title", target?.id ?? href);
  if (target === null || target.eventId !== null) return;
  link.className = "mention";
  link.dataset["target"] = target.id;
  link.textContent = link.textContent.trim() || target.id;
}

/** Addresses that stand in the text as they are, as in plain messages. */
function linkTexts(fragment: DocumentFragment): void {
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    const isApart = node.parentElement?.closest("a, code, pre, [data-mx-maths]") ?? null;
    if (isApart === null) texts.push(node);
  }
  for (const node of texts) {
    const pieces = linkify(node.data);
    if (pieces.every(({ type }) => type === "text")) continue;
    node.replaceWith(
      ...pieces.map((piece) => {
        if (piece.type === "text") return piece.text;
        const link = element("a", "", piece.text);
        link.removeAttribute("class");
        link.setAttribute("href", piece.href);
        dressLink(link);
        return link;
      }),
    );
  }
}

function dressSpoiler(spoiler: HTMLElement): void {
  const reason = spoiler.getAttribute("data-mx-spoiler") ?? "";
  spoiler.removeAttribute("data-mx-spoiler");
  const hidden = element("span", "spoiler-text");
  hidden.append(...spoiler.childNodes);
  hidden.setAttribute("inert", "");
  spoiler.append(element("span", "visually-hidden", strings.spoiler(reason)), hidden);
  spoiler.classList.add("spoiler");
  spoiler.tabIndex = 0;
  spoiler.setAttribute("role", "button");
  if (reason !== "") spoiler.title = reason;
}

/** Shows what a spoiler hides, for good. */
export function reveal(spoiler: HTMLElement): void {
  spoiler.classList.replace("spoiler", "spoiler-open");
  spoiler.removeAttribute("role");
  spoiler.removeAttribute("tabindex");
  spoiler.querySelector(".visually-hidden")?.remove();
  spoiler.querySelector(".spoiler-text")?.removeAttribute("inert");
}

function dressCode(pre: HTMLElement): void {
  const box = element("div", "code-block");
  const copy = element("button", "code-copy", strings.copy);
  copy.setAttribute("type", "button");
  pre.tabIndex = 0;
  pre.setAttribute("role", "region");
  pre.setAttribute("aria-label", strings.code);
  const language = pre.querySelector("code")?.className.replace(/^language-/, "") ?? "";
  if (language !== "") box.append(element("span", "code-language", language));
  pre.replaceWith(box);
  box.append(pre, copy);
}

function dressTable(table: HTMLElement): void {
  const box = element("div", "table-scroll");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", strings.table);
  table.replaceWith(box);
  box.append(table);
}

/** The only class with a meaning (spec) is the language of code; any other could borrow our looks. */
function keepLanguage(marked: HTMLElement): void {
  const language =
    marked.tagName === "CODE" ? /(?:^|\s)(language-[\w+#.-]{1,40})(?:\s|$)/.exec(marked.className) : null;
  if (language?.[1] === undefined) marked.removeAttribute("class");
  else marked.className = language[1];
}

function keepColour(marked: HTMLElement, attribute: string): void {
  if (!/^#[0-9a-f]{6}$/i.test(marked.getAttribute(attribute) ?? "")) marked.removeAttribute(attribute);
}

/** Colours through the CSSOM, which the CSP allows, as a wish: the style mixes it so that it stays readable. */
function paint(marked: HTMLElement): void {
  const wish = (attribute: string, property: string, className: string) => {
    const colour = marked.getAttribute(attribute);
    if (colour === null) return;
    marked.style.setProperty(property, colour);
    marked.classList.add(className);
  };
  wish("data-mx-color", "--wished-colour", "coloured");
  wish("data-mx-bg-color", "--wished-ground", "grounded");
}

function element(tag: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
