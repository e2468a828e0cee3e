import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import { valueOf } from "../failure.ts";
import { fetchMember, putDisplayName, putMember } from "../homeserver/display-name.ts";
import type { Http } from "../homeserver/http.ts";

/** Our own name, everywhere or in one room. Both answer when the server has it, and throw its refusal. */
export interface OwnName {
  setDisplayName(params: { readonly name: string }): Promise<void>;
  setRoomDisplayName(params: { readonly roomId: RoomId; readonly name: string }): Promise<void>;
}

export const createOwnName = (http: Http, userId: UserId): OwnName => ({
  async setDisplayName({ name }) {
    valueOf(await putDisplayName(http, { userId, name }));
  },
  async setRoomDisplayName({ roomId, name }) {
    // What the server has, never what we remember: a stale copy written back would undo other changes.
    const { avatar_url } = valueOf(await fetchMember(http, { roomId, userId }));
    const picture = typeof avatar_url === "string" ? { avatar_url } : {};
    valueOf(await putMember(http, { roomId, userId }, { membership: "join", displayname: name, ...picture }));
  },
});
