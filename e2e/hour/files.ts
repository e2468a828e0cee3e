import { createHash } from "node:crypto";
import type { Page } from "@playwright/test";
import { landscapePicture } from "../homeserver/demo-pictures.ts";
import { recorded } from "../pages/recorded.ts";

/** A real file somebody sends. */
export interface SomeFile {
  readonly name: string;
  readonly type: string;
  readonly kind: "image" | "video" | "audio" | "file";
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly width: number | null;
  readonly height: number | null;
  readonly durationMs: number | null;
  /** A small picture, where one is sent with it. */
  readonly thumbnail: {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly width: number;
    readonly height: number;
  } | null;
}
export type FileAct = "picture" | "film" | "voice" | "sound" | "file";
export const isFileAct = (act: string): act is FileAct =>
  act === "picture" || act === "film" || act === "voice" || act === "sound" || act === "file";

export const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const picture = (seed: number, width: number, height: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(landscapePicture(seed, width, height));
const nothing = {
  width: null,
  height: null,
  durationMs: null,
  thumbnail: null,
};

/** Makes files; each is another one, and what it was is known by its name. */
export class Files {
  readonly #film: Buffer;
  readonly #sound: Buffer;
  readonly made = new Map<string, string>();

  private constructor(film: Buffer, sound: Buffer) {
    this.#film = film;
    this.#sound = sound;
  }

  /** Records film and sound in a page of a browser. */
  static async record(page: Page): Promise<Files> {
    return new Files(await recorded(page, "video"), await recorded(page, "audio"));
  }

  make(act: FileAct, who: string, n: number): SomeFile {
    const file = this.#make(act, `${who}-${n}`, n);
    this.made.set(file.name, digest(file.bytes));
    return file;
  }

  #make(act: FileAct, name: string, n: number): SomeFile {
    switch (act) {
      case "picture": {
        const [width, height] = [96 + (n % 40), 64];
        const thumbnail = { bytes: picture(n, 24, 16), width: 24, height: 16 };
        const bytes = picture(n, width, height);
        return {
          ...nothing,
          name: `${name}.png`,
          type: "image/png",
          kind: "image",
          bytes,
          width,
          height,
          thumbnail,
        };
      }
      case "film": {
        const thumbnail = { bytes: picture(n, 32, 18), width: 32, height: 18 };
        const about = { width: 160, height: 90, durationMs: 1000, thumbnail };
        return {
          name: `${name}.webm`,
          type: "video/webm",
          kind: "video",
          bytes: marked(this.#film, n),
          ...about,
        };
      }
      case "file": {
        const bytes = Uint8Array.from(Buffer.from(`${name}\n`.repeat(20 + (n % 200))));
        return {
          ...nothing,
          name: `${name}.txt`,
          type: "text/plain",
          kind: "file",
          bytes,
        };
      }
      default:
        return {
          ...{
            ...nothing,
            durationMs: 1000 + n,
            name: `${name}.${act}.webm`,
            type: "audio/webm",
            kind: "audio",
          },
          bytes: marked(this.#sound, n),
        };
    }
  }
}

/** Bytes of its own at the end, which players read over (an EBML void). */
function marked(media: Buffer, n: number): Uint8Array<ArrayBuffer> {
  const mark = Buffer.from(String(n).padStart(8, "0"), "latin1");
  return Uint8Array.from(Buffer.concat([media, Buffer.from([0xec, 0x88]), mark]));
}
