import type { DraftMention } from "../../preload/contract/models/room.ts";
import type { Formatted } from "./markdown.ts";

// Markdown is loaded when somebody begins to write, not before the first screen. Sending never depends on it: what it
// could not change goes without it, and where it cannot be loaded, the words go as they were typed.

type Format = (text: string, mentions: readonly DraftMention[]) => Formatted;

const plain: Formatted = { html: null, users: [], isRoom: false };

/** Signs without which Markdown changes nothing. */
const signs = /[*_`~|$[\]\\#@<>]|:\/\/|^\s*(?:[-+]\s|\d{1,9}[.)]\s|---)/m;

let format: Format | null = null;
let loading: Promise<void> | null = null;

/** Loads the parser; resolves also when that failed. */
export function prepareFormatting(): Promise<void> {
  loading ??= import("./markdown.ts").then(
    (loaded) => {
      format = loaded.formatMarkdown;
    },
    () => {
      // A page older than its files: plain text still goes.
      format = () => plain;
    },
  );
  return loading;
}

/** The text in HTML, or null while the parser that this text needs is on its way. */
export function formatted(text: string, mentions: readonly DraftMention[]): Formatted | null {
  const hasPictures = mentions.some(({ id, text: name }) => id.startsWith("mxc://") && text.includes(name));
  if (!hasPictures && !signs.test(text)) return plain;
  return format === null ? null : format(text, mentions);
}
