import type { RoomId } from "../../../preload/contract/ids.ts";
import { stringOf } from "../event.ts";
import type { Result } from "../failure.ts";
import { ask, tell } from "./endpoint.ts";
import type { Http } from "./http.ts";
import { path } from "./path.ts";

/** `POST /rooms/{roomId}/join`. Joining over federation may take minutes. */
export const joinRoom = (
  http: Http,
  { roomId }: { readonly roomId: RoomId },
): Promise<Result<{ readonly roomId: RoomId }>> =>
  ask(
    http,
    { method: "POST", path: path`/_matrix/client/v3/rooms/${roomId}/join`, body: {}, timeoutMs: 180_000 },
    (answer) => ({ roomId: (stringOf(answer, "room_id") ?? roomId) as RoomId }),
  );

/** `POST /rooms/{roomId}/leave`: also declines an invite. */
export const leaveRoom = (http: Http, { roomId }: { readonly roomId: RoomId }): Promise<Result<void>> =>
  tell(http, {
    method: "POST",
    path: path`/_matrix/client/v3/rooms/${roomId}/leave`,
    body: {},
    timeoutMs: 60_000,
  });
