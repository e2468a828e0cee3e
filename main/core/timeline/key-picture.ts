import type { KeyPicture } from "../../../preload/contract/models/timeline.ts";
import { mxcPath, parseMxc } from "../mxc.ts";
import { oneLine, plainText } from "../text.ts";

const MAX_NAME = 100;

/** The picture that a reaction's key names (MSC4027), as a small thumbnail; null for text. Pure. */
export function keyPicture(key: string, shortcode: unknown): KeyPicture | null {
  const mxc = parseMxc(key);
  if (mxc === null) return null;
  const name = plainText(shortcode, MAX_NAME);
  return {
    path: mxcPath(mxc, { width: 96, height: 96, method: "scale" }),
    name: name === null ? "" : oneLine(name, MAX_NAME).replace(/^:(.+):$/, "$1"),
  };
}
