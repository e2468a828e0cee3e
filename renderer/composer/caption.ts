import type { Attachment } from "../../preload/contract/models/attachment.ts";
import type { MessageContent } from "../../preload/contract/models/message-content.ts";
import type { MessageBody } from "../../preload/contract/models/timeline.ts";
import { formatted, prepareFormatting } from "./formatting.ts";
import { mentionsOf } from "./to-content.ts";

/** What a caption says besides its text: its HTML, where it is more than plain text, and whom it means. */
interface WrittenCaption {
  readonly html: string | null;
  readonly mentions: NonNullable<MessageContent["m.mentions"]>;
}

/** Reads a caption's Markdown, and the names in it that stand for somebody. */
export async function writtenCaption(
  { caption, mentions = [] }: Pick<Attachment, "caption" | "mentions">,
  canMentionRoom: boolean,
): Promise<WrittenCaption> {
  if (caption === "") return { html: null, mentions: {} };
  await prepareFormatting();
  const format = formatted(caption, mentions);
  return format === null
    ? { html: null, mentions: {} }
    : { html: format.html, mentions: mentionsOf(format, canMentionRoom)["m.mentions"] ?? {} };
}

/** What is said of a file, '' for nothing (without a caption the body is the name); null for a message without one. */
export function captionIn(body: MessageBody): string | null {
  if (!("media" in body)) return null;
  return body.text === body.media.name ? "" : body.text;
}
