import { htmlToMarkdown } from "./html-to-markdown.ts";

/**
 * What a paste is to put into the field instead of the plain text it brings, or null to leave it to the browser: HTML
 * that says more than its words becomes Markdown. With Shift held, the words are wanted as they are.
 */
export function richPaste(data: DataTransfer, isPlainWanted: boolean): string | null {
  if (isPlainWanted || data.files.length > 0) return null;
  const html = data.getData("text/html");
  if (html === "" || html.length > MAX_HTML) return null;
  const { markdown, isFormatted } = htmlToMarkdown(html);
  return isFormatted && markdown !== "" ? markdown : null;
}

/** Longer than anything one sends; what an office writes around a word is longer than the word. */
const MAX_HTML = 1_000_000;
