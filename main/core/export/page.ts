import { createHash } from "node:crypto";
import { escaped, textOf, type Child } from "./markup.ts";
import headHtml from "./page-head.html?raw";
import style from "./page.css?raw";
import tailHtml from "./page-tail.html?raw";

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

export function pageHead(title: string): string {
  const values: Readonly<Record<string, string>> = { policy, title: escaped(title), style };
  return headHtml.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => values[name] ?? "");
}

export const pageTail = tailHtml;

export const wholePage = (title: string, ...content: readonly Child[]): string =>
  `${pageHead(title)}${textOf(content)}\n${pageTail}`;
