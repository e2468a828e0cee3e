import { parseMatrixLink } from "../../preload/contract/matrix-link.ts";

// Plain text to pieces: what is an address becomes a link, everything else stays the text it is. Never HTML.

export type TextPiece =
  | { readonly type: "text"; readonly text: string }
  /** `text` is what was written, `href` an absolute http, https or mailto address. */
  | { readonly type: "link"; readonly text: string; readonly href: string };

/** Schemes the system is asked to open: those the specification allows in messages (XSS-06; m.room.message msgtypes). */
const safeSchemes = new Set(["http:", "https:", "ftp:", "mailto:", "magnet:"]);
/** What names no server has to say something else. */
const isWhole = ({ protocol, hostname, search }: URL): boolean =>
  protocol === "mailto:" || (protocol === "magnet:" ? search.length > 1 : hostname !== "");

// Linear: each branch begins with a literal and takes one run of characters that cannot end inside itself. Control
// characters and those that turn the direction of text are no part of an address: they serve to disguise one.
const stops = String.raw`\s<>"\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff`;
const candidate = new RegExp(
  String.raw`(?:https?:\/\/|mailto:|matrix:(?:u|r|roomid)\/)[^${stops}]+|(?<![\w@./-])www\.[^${stops}]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}`,
  "giu",
);

/** Addresses longer than this are shown as text; nobody can judge them. */
const MAX_LINK = 2048;

export function linkify(text: string): TextPiece[] {
  // The common message has none of these, and pays only for the search.
  if (!/:\/\/|www\.|@|mailto:|matrix:/i.test(text)) return text === "" ? [] : [{ type: "text", text }];
  const pieces: TextPiece[] = [];
  let from = 0;
  for (const match of text.matchAll(candidate)) {
    const written = withoutTrailing(match[0]);
    const href = hrefOf(written);
    if (href === null) continue;
    if (match.index > from) pieces.push({ type: "text", text: text.slice(from, match.index) });
    pieces.push({ type: "link", text: written, href });
    from = match.index + written.length;
  }
  if (from < text.length) pieces.push({ type: "text", text: text.slice(from) });
  return pieces;
}

/** The address if it may be opened, else null. */
export function safeHref(address: string): string | null {
  try {
    const url = new URL(address);
    if (!safeSchemes.has(url.protocol)) return null;
    return isWhole(url) ? url.href : null;
  } catch {
    return null;
  }
}

function hrefOf(written: string): string | null {
  if (written.length > MAX_LINK) return null;
  if (/^(?:https?:\/\/|mailto:)/i.test(written)) return safeHref(written);
  if (/^matrix:/i.test(written)) return parseMatrixLink(written) === null ? null : written;
  // A Matrix id (@ana:example.org) never matches: the part before the @ may not be empty.
  return safeHref(/^www\./i.test(written) ? `https://${written}` : `mailto:${written}`);
}

/** A sentence ends after an address: its full stop, and a bracket that was opened before the address, are not part. */
function withoutTrailing(address: string): string {
  let end = address.length;
  while (end > 0) {
    const last = address[end - 1] ?? "";
    if (/[.,;:!?'"*_~…]/.test(last)) end--;
    else if (last === ")" && count(address, "(", end) < count(address, ")", end)) end--;
    else if (last === "]" && count(address, "[", end) < count(address, "]", end)) end--;
    else break;
  }
  return address.slice(0, end);
}

function count(text: string, char: string, end: number): number {
  let n = 0;
  for (let i = 0; i < end; i++) if (text[i] === char) n++;
  return n;
}
