import { createHash } from "node:crypto";
import { element, escaped, textOf, type Child } from "./markup.ts";
import style from "./page.css?raw";
import pageHtml from "./page.html?raw";

// What stands around the content of every page. A page carries all it needs, and its policy lets nothing else in: no
// script at all, one style known by its hash, pictures and sounds from beside the page. `file:` stands there because
// to some browsers a page opened from the disk has no origin that 'self' could mean.

const styleHash = createHash("sha256").update(style).digest("base64");
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  "img-src 'self' file:",
  "media-src 'self' file:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const [head = "", tail = ""] = pageHtml.split("{{content}}");

export function pageHead(title: string): string {
  const values: Readonly<Record<string, string>> = {
    policy: escaped(policy),
    title: escaped(title),
    // Ours, and byte for byte what the hash is of.
    style: element("style", {}, { markup: style }).markup,
  };
  return head.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => values[name] ?? "");
}

export const pageTail = tail;

export const wholePage = (title: string, ...content: readonly Child[]): string =>
  `${pageHead(title)}${textOf(content)}\n${pageTail}`;
