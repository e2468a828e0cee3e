import type { Failure } from "../../preload/contract/models/failure.ts";
import type { MessageBody, MessageItem } from "../../preload/contract/models/timeline.ts";

/** Bodies that carry a file. */
export type MediaBody = Extract<MessageBody, { readonly media: unknown }>;

/** Not with the server yet, and on its way there: shown with a ring that can be cancelled. */
export const isUnderWay = (item: MessageItem): boolean =>
  item.transactionId !== null && (item.send?.state === "queued" || item.send?.state === "sending");

/** The type as people say it: "PDF", "ZIP"; null when nothing sensible is known. */
export function typeName(mimetype: string | null, name: string): string | null {
  const extension = /\.([A-Za-z0-9]{1,8})$/.exec(name)?.[1];
  if (extension !== undefined) return extension.toUpperCase();
  const subtype = /^[\w.+-]+\/(?:x-)?([\w.-]{1,16})$/.exec(mimetype ?? "")?.[1];
  return subtype === undefined || subtype === "octet-stream" ? null : subtype.toUpperCase();
}

/** What a sender wrote beside the file, when it is more than the file's name (a caption, spec v1.10). */
export const captionOf = (body: MediaBody): string | null =>
  body.text !== "" && body.text !== body.media.name ? body.text : null;

/** "3:05", "1:02:09" */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const part = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = part(seconds % 60);
  return hours > 0 ? `${hours}:${part(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** The picture has more pixels than are ever decoded here. */
export const hasTooManyPixels = (failure: Failure | null): boolean => failure?.message === "too-many-pixels";
