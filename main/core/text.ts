// What other people wrote, made safe to put into a label, a title bar or a notification (XSS-01…04). Pure.

/** Controls but tab and line feed, bidi embeddings, overrides and isolates, halves of surrogate pairs. */
const unwanted = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]|\p{Surrogate}/gu;
/** More marks over and under one letter than any writing needs: they would be drawn over the lines around (zalgo). */
const piles = /(\p{Mn}{8})\p{M}+/gu;
const lineEnds = /\r\n?|[\u0085\u2028\u2029]/g;
/** Nothing to see: blanks and characters that are drawn as nothing. */
const invisible = /^[\s\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/**
 * The text of a value from elsewhere, at most `maxLength` code points, or null when it is no text or shows nothing.
 * Line feeds and tabs stay; `oneLine` takes them too.
 */
export function plainText(value: unknown, maxLength: number): string | null {
  if (typeof value !== "string") return null;
  const text = firstCodePoints(withoutUnwanted(value), maxLength);
  return invisible.test(text) ? null : text;
}

/** `text` as one line without blanks at its ends, at most `maxLength` code points; the cut is shown by an ellipsis. */
export function oneLine(text: string, maxLength: number): string {
  const line = withoutUnwanted(text).replace(/\s+/g, " ").trim();
  const first = firstCodePoints(line, maxLength);
  return first === line ? line : `${firstCodePoints(line, Math.max(0, maxLength - 1)).trimEnd()}…`;
}

/** Same text without controls, bidi overrides, broken characters and piles of marks; line ends become line feeds. */
export const withoutUnwanted = (text: string): string =>
  text.replace(lineEnds, "\n").replace(unwanted, "").replace(piles, "$1");

function firstCodePoints(text: string, max: number): string {
  if (text.length <= max) return text;
  let count = 0;
  let end = 0;
  for (const character of text) {
    if (count === max) break;
    count += 1;
    end += character.length;
  }
  return text.slice(0, end);
}
