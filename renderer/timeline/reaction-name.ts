import type { KeyPicture } from "../../preload/contract/models/timeline.ts";
import { relationStrings } from "../text/relation-strings.ts";

/** What a reaction is called: its text, or the words of its picture. */
export function keyName({
  key,
  picture,
}: {
  readonly key: string;
  readonly picture: KeyPicture | null;
}): string {
  return picture === null ? key : picture.name || relationStrings.keyPicture;
}
