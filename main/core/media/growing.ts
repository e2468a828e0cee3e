import type { MediaFile } from "../api.ts";
import { SNIFFED_BYTES, sniffType } from "./sniff.ts";

/** A download on its way to the disk, as far as somebody may already read it. */
export interface Growing {
  /** The announced length in bytes, or null: then it is not shown before it is whole. */
  begin(length: number | null): void;
  /** A piece has been written. */
  grew(piece: Uint8Array): void;
  /** The file has a new name and will not grow any more; null: it failed. */
  end(path: string | null): void;
  /** Resolves when enough is here to play it from its beginning; null when it has ended before, or never can be. */
  readonly playable: Promise<MediaFile | null>;
}

/** `path` is where it is written. Only sound and film are read while they grow: a picture is looked at first. */
export function createGrowing(path: string): Growing {
  let now: string | null = path;
  let size: number | null = null;
  let available = 0;
  let hasEnded = false;
  let head: Uint8Array = new Uint8Array(0);
  const waiting: (() => void)[] = [];
  let tell: (file: MediaFile | null) => void = () => undefined;
  const playable = new Promise<MediaFile | null>((resolve) => (tell = resolve));
  const wake = (): void => {
    for (const resolve of waiting.splice(0)) resolve();
  };

  async function upTo(offset: number): Promise<number> {
    while (available <= offset) {
      if (hasEnded) throw new Error("the download has ended before");
      await new Promise<void>((resolve) => void waiting.push(resolve));
    }
    return available;
  }

  function look(piece: Uint8Array): void {
    if (head.length >= SNIFFED_BYTES) return;
    head = Buffer.concat([head, piece.subarray(0, SNIFFED_BYTES - head.length)]);
    if (head.length < SNIFFED_BYTES) return;
    const contentType = sniffType(head);
    const isPlayed = /^(?:video|audio)\//.test(contentType);
    if (size === null || !isPlayed) return tell(null);
    const grows = { path: () => now, upTo };
    tell({ path, contentType, size, grows });
  }

  return {
    playable,
    begin: (length) => (size = length),
    grew(piece) {
      available += piece.byteLength;
      look(piece);
      wake();
    },
    end(final) {
      hasEnded = true;
      now = final;
      if (final === null) available = 0;
      tell(null);
      wake();
    },
  };
}
