import type { MxcUri, UserId } from "../../../preload/contract/ids.ts";
import type { Result } from "../failure.ts";
import { parseMxc } from "../mxc.ts";
import { oneLine, plainText } from "../text.ts";
import { ask } from "./endpoint.ts";
import type { Http } from "./http.ts";
import { path } from "./path.ts";

export interface Profile {
  /** Plain text. */
  readonly displayName: string | null;
  readonly avatarMxc: MxcUri | null;
}

/** `GET /profile/{userId}`. */
export const fetchProfile = (http: Http, { userId }: { readonly userId: UserId }): Promise<Result<Profile>> =>
  ask(http, { method: "GET", path: path`/_matrix/client/v3/profile/${userId}` }, (answer) => {
    const name = plainText(answer.displayname, 255);
    return { displayName: name === null ? null : oneLine(name, 255), avatarMxc: parseMxc(answer.avatar_url) };
  });
