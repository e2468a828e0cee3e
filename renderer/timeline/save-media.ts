import type { AppState } from "../state/app.svelte.ts";
import { failureOf } from "../state/failure-of.ts";
import { strings } from "../text/attachment-strings.ts";
import type { MediaBody } from "./media-body.ts";

/** Saves the file of a message. Answers what went wrong, in words, or null. */
export async function saveMedia(
  app: Pick<AppState, "saveMedia">,
  { media }: MediaBody,
): Promise<string | null> {
  if (media.file === null) return null;
  try {
    await app.saveMedia(media.file, media.name);
    return null;
  } catch (error) {
    return strings.notSaved(failureOf(error));
  }
}
