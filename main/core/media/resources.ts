import type { MediaAnswer } from "../api.ts";
import { failed, invalid } from "../failure.ts";
import type { Media } from "./media.ts";
import { safeName } from "./safe-name.ts";
import { stagedIdIn, type Staging } from "./staging.ts";

// Everything that has an address below the resources base: media of rooms, files waiting to be sent, and both as
// downloads.

export interface Resources {
  /** See `Core.media`. */
  open(path: string): Promise<MediaAnswer>;
}

const SAVE = /^save\/([^/?#]{1,1024})\/(.+)$/;

/** The path under which the page can download what `path` shows. */
export const savePath = (path: string, name: string): string =>
  `save/${encodeURIComponent(safeName(name))}/${path}`;

export function createResources({ media, staging }: { media: Media; staging: Staging }): Resources {
  function show(path: string, isSaved: boolean): Promise<MediaAnswer> {
    const stagedId = stagedIdIn(path);
    if (stagedId === null) return isSaved ? media.openToSave(path) : media.open(path);
    const file = path.includes("?") ? null : staging.find(stagedId);
    if (file === null) return Promise.resolve(failed(invalid("nothing is staged there")));
    const { contentType, size } = file;
    return Promise.resolve({
      ok: true,
      file: { path: staging.pathOf(stagedId), contentType, size, isPassing: true },
    });
  }
  return {
    async open(path) {
      const [, name, rest] = SAVE.exec(path) ?? [];
      if (name === undefined || rest === undefined) return show(path, false);
      const answer = await show(rest, true);
      return answer.ok ? { ok: true, file: { ...answer.file, saveAs: safeName(decoded(name)) } } : answer;
    },
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
