import type { MxcUri } from "../../preload/contract/ids.ts";
import type { JsonObject } from "./event.ts";

/** What the user wants of one picture in their own pack: it is there, or it is gone. */
export type StickerWish =
  | { readonly keep: { readonly words: string; readonly info: JsonObject } }
  /** `drop`: its shortcode. */
  | { readonly drop: string };

/** One of them, and the picture it is about. */
export interface WishedSticker {
  readonly mxc: MxcUri;
  readonly wish: StickerWish;
}
