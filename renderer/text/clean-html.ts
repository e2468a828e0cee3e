import createDOMPurify from "dompurify";
import { highlight } from "./highlight.ts";
import { safeHref } from "./linkify.ts";
import { strings } from "./timeline-strings.ts";

// The second guard against hostile HTML (the first is main, on ingest; the third is the CSP). Works on nodes: what
// DOMPurify has approved goes into the page as those very nodes and is never parsed again, which is what mutation
// attacks need. Tags and attributes: spec, m.room.message msgtypes.

const tags = (
  "del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table thead tbody tr th " +
  "td caption pre span img details summary"
).split(" ");
const attributes = ["href", "alt", "title", "start", "class"].concat([
  "data-mx-bg-color",
  "data-mx-color",
  "data-mx-spoiler",
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
    ALLOWED_URI_REGEXP: /^(?:https?:\/\/|mailto:)/i,
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
  // Nothing is fetched because somebody wrote it into a message: the picture's words stand for it.
  each("img", (image) => image.replaceWith(element("span", "html-image", image.getAttribute("alt") ?? "")));
  each("a", dressLink);
  each("[data-mx-spoiler]", dressSpoiler);
  each("pre", dressCode);
  each("table", dressTable);
  return fragment;
}

function dressLink(link: HTMLElement): void {
  const href = safeHref(link.getAttribute("href") ?? "");
  if (href === null) {
    link.replaceWith(...link.childNodes);
    return;
  }
  const person = personIn(href);
  if (person !== null) {
    const pill = element("span", "mention", link.textContent.trim() || person);
    pill.dir = "auto";
    // The words are the sender's; who is meant is to be seen.
    pill.title = person;
    link.replaceWith(pill);
    return;
  }
  link.setAttribute("href", href);
  link.setAttribute("rel", "noreferrer noopener");
  // Where it leads is to be seen before it is opened, whatever the words say.
  link.setAttribute("title", href);
}

/** Who a matrix.to address of a person names (spec: matrix.to navigation), or null. */
function personIn(href: string): string | null {
  const id = /^https:\/\/matrix\.to\/#\/((?:@|%40)[^/?]{1,300})$/i.exec(href)?.[1];
  if (id === undefined) return null;
  try {
    const userId = decodeURIComponent(id);
    return /^@[\x21-\x39\x3b-\x7e]+:[\w.:[\]-]+$/.test(userId) ? userId : null;
  } catch {
    return null;
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
  const code = pre.querySelector("code");
  const language = code === null ? "" : code.className.replace(/^language-/, "");
  const words = code === null || language === "" ? null : highlight(code.textContent, language);
  if (words !== null) code?.replaceChildren(words);
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
