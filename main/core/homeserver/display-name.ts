import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { JsonObject } from "../event.ts";
import type { Result } from "../failure.ts";
import { ask, tell } from "./endpoint.ts";
import type { Http } from "./http.ts";
import { path } from "./path.ts";

interface OwnName {
  readonly userId: UserId;
  readonly name: string;
}

/** `PUT /profile/{userId}/displayname`. */
export const putDisplayName = (http: Http, { userId, name }: OwnName): Promise<Result<void>> =>
  tell(http, {
    method: "PUT",
    path: path`/_matrix/client/v3/profile/${userId}/displayname`,
    body: { displayname: name },
  });

interface InRoom {
  readonly roomId: RoomId;
  readonly userId: UserId;
}

const memberPath = ({ roomId, userId }: InRoom) =>
  path`/_matrix/client/v3/rooms/${roomId}/state/m.room.member/${userId}`;

/** `GET /rooms/{roomId}/state/m.room.member/{userId}`: the content as it is on the server now. */
export const fetchMember = (http: Http, member: InRoom): Promise<Result<JsonObject>> =>
  ask(http, { method: "GET", path: memberPath(member) }, (answer) => answer);

/** `PUT` of the same: a name or picture for one room. */
export const putMember = (http: Http, member: InRoom, content: JsonObject): Promise<Result<void>> =>
  tell(http, { method: "PUT", path: memberPath(member), body: content });
