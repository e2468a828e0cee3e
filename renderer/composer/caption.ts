import { formatted, prepareFormatting } from "./formatting.ts";

/** A caption's Markdown as HTML; null where it is plain text, or where what formats it cannot be had. */
export async function captionHtml(caption: string): Promise<string | null> {
  if (caption === "") return null;
  await prepareFormatting();
  return formatted(caption, [])?.html ?? null;
}
