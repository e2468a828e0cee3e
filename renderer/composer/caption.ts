import type { MessageBody } from "../../preload/contract/models/timeline.ts";
import { formatted, prepareFormatting } from "./formatting.ts";

/** A caption's Markdown as HTML; null where it is plain text, or where what formats it cannot be had. */
export async function captionHtml(caption: string): Promise<string | null> {
  if (caption === "") return null;
  await prepareFormatting();
  return formatted(caption, [])?.html ?? null;
}

/** What is said of a file, '' for nothing (without a caption the body is the name); null for a message without one. */
export function captionIn(body: MessageBody): string | null {
  if (!("media" in body)) return null;
  return body.text === body.media.name ? "" : body.text;
}
