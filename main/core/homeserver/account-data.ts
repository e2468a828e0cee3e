import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Result } from "../failure.ts";
import { tell } from "./endpoint.ts";
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
