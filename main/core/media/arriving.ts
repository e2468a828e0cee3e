import type { MediaFile } from "../api.ts";
import type { MediaCache, Writing } from "./cache.ts";
import { createGrowing, type Growing } from "./growing.ts";

/** A file on its way to the disk, which may have to begin anew. */
export interface Arriving {
  /** Where it is written; another one after it has begun anew. */
  readonly path: string;
  /** It comes from its beginning: what came before is thrown away. `length` in bytes, or null. */
  begin(length: number | null): Promise<void>;
  take(piece: Uint8Array): Promise<void>;
  /** Closes the file; it can be looked at then. */
  finish(): Promise<void>;
  keep(key: string): ReturnType<Writing["keep"]>;
  /** Nothing comes any more; what was not kept goes. */
  end(): Promise<void>;
}

/** `played` is told what can be played while it comes, and null when it no longer can. */
export async function createArriving(
  cache: Pick<MediaCache, "begin">,
  played: (file: MediaFile | null) => void,
): Promise<Arriving> {
  let writing: Writing = await cache.begin();
  let growing = growingInto(writing);
  let size = 0;
  let kept: string | null = null;

  function growingInto({ path }: Writing): Growing {
    const grows = createGrowing(path);
    void grows.playable.then((file) => {
      if (file !== null && grows === growing) played(file);
    });
    return grows;
  }

  async function anew(): Promise<void> {
    // Whoever plays it has heard bytes that may be another file's: they are told that it has ended.
    growing.end(null);
    played(null);
    await writing.drop();
    writing = await cache.begin();
    growing = growingInto(writing);
    size = 0;
  }

  return {
    get path() {
      return writing.path;
    },
    async begin(length) {
      if (size > 0) await anew();
      growing.begin(length);
    },
    async take(piece) {
      await writing.write(piece);
      size += piece.byteLength;
      growing.grew(piece);
    },
    finish: () => writing.finish(),
    async keep(key) {
      const file = await writing.keep(key);
      kept = file.path;
      return file;
    },
    async end() {
      growing.end(kept);
      played(null);
      await writing.drop();
    },
  };
}
