import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { JsonObject } from "../event.ts";
import { ok, type Result } from "../failure.ts";
import { ask, tell } from "./endpoint.ts";
import type { Http } from "./http.ts";
import { path } from "./path.ts";

/** `PUT /user/{userId}/rooms/{roomId}/account_data/{type}`. */
export const putRoomAccountData = (
  http: Http,
  request: {
    readonly userId: UserId;
    readonly roomId: RoomId;
    readonly type: string;
    readonly content: object;
  },
): Promise<Result<void>> =>
  tell(http, {
    method: "PUT",
    path: path`/_matrix/client/v3/user/${request.userId}/rooms/${request.roomId}/account_data/${request.type}`,
    body: request.content,
  });

interface OfUser {
  readonly userId: UserId;
  readonly type: string;
}

const globalPath = ({ userId, type }: OfUser) => path`/_matrix/client/v3/user/${userId}/account_data/${type}`;

/** `GET /user/{userId}/account_data/{type}`; empty where nothing was ever written. */
export async function fetchAccountData(http: Http, of: OfUser): Promise<Result<JsonObject>> {
  const result = await ask(http, { method: "GET", path: globalPath(of) }, (answer) => answer);
  return !result.ok && result.failure.errcode === "M_NOT_FOUND" ? ok({}) : result;
}

/** `PUT /user/{userId}/account_data/{type}`. */
export const putAccountData = (http: Http, of: OfUser, content: JsonObject): Promise<Result<void>> =>
  tell(http, { method: "PUT", path: globalPath(of), body: content });

interface Tag {
  readonly userId: UserId;
  readonly roomId: RoomId;
  readonly tag: string;
}

const tagPath = ({ userId, roomId, tag }: Tag) =>
  path`/_matrix/client/v3/user/${userId}/rooms/${roomId}/tags/${tag}`;

/** `PUT /user/{userId}/rooms/{roomId}/tags/{tag}`. `order`: from 0 to 1, or null. */
export const putTag = (
  http: Http,
  { order, ...tag }: Tag & { readonly order: number | null },
): Promise<Result<void>> =>
  tell(http, { method: "PUT", path: tagPath(tag), body: order === null ? {} : { order } });

/** `DELETE /user/{userId}/rooms/{roomId}/tags/{tag}`. */
export const deleteTag = (http: Http, tag: Tag): Promise<Result<void>> =>
  tell(http, { method: "DELETE", path: tagPath(tag) });
