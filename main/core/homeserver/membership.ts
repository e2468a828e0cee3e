import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import { stringOf } from "../event.ts";
import type { Result } from "../failure.ts";
import { ask, tell } from "./endpoint.ts";
import type { Http } from "./http.ts";
import { path } from "./path.ts";

/** Joining over federation may take minutes. */
const JOIN_MS = 180_000;

/** `POST /rooms/{roomId}/join`. */
export const joinRoom = (
  http: Http,
  { roomId }: { readonly roomId: RoomId },
): Promise<Result<{ readonly roomId: RoomId }>> =>
  ask(
    http,
    { method: "POST", path: path`/_matrix/client/v3/rooms/${roomId}/join`, body: {}, timeoutMs: JOIN_MS },
    (answer) => ({ roomId: (stringOf(answer, "room_id") ?? roomId) as RoomId }),
  );

export interface Addressed {
  /** An alias or a room id. */
  readonly address: string;
  /** Servers that may know the room (ALI-04). */
  readonly via: readonly string[];
}

const roomIdOf = (answer: Readonly<Record<string, unknown>>) => {
  const roomId = stringOf(answer, "room_id");
  return roomId ? { roomId: roomId as RoomId } : null;
};

/** `via` since v1.12. */
const through = (via: readonly string[]) => (via.length === 0 ? {} : { via });

/** `POST /join/{roomIdOrAlias}`. */
export const joinByAddress = (http: Http, { address, via }: Addressed): Promise<Result<{ roomId: RoomId }>> =>
  ask(
    http,
    {
      method: "POST",
      path: path`/_matrix/client/v3/join/${address}`,
      query: through(via),
      body: {},
      timeoutMs: JOIN_MS,
    },
    roomIdOf,
  );

/** `POST /knock/{roomIdOrAlias}`. */
export const knockRoom = (
  http: Http,
  { address, via, reason }: Addressed & { readonly reason: string },
): Promise<Result<{ roomId: RoomId }>> =>
  ask(
    http,
    {
      method: "POST",
      path: path`/_matrix/client/v3/knock/${address}`,
      query: through(via),
      body: reasoned(reason),
      timeoutMs: JOIN_MS,
    },
    roomIdOf,
  );

/** `GET /joined_rooms`. */
export const fetchJoinedRooms = (http: Http): Promise<Result<readonly RoomId[]>> =>
  ask(http, { method: "GET", path: "/_matrix/client/v3/joined_rooms" }, (answer) => {
    const ids = answer["joined_rooms"];
    return Array.isArray(ids) ? ids.filter((id): id is RoomId => typeof id === "string") : null;
  });

/** `POST /rooms/{roomId}/leave`: also declines an invite. */
export const leaveRoom = (http: Http, { roomId }: { readonly roomId: RoomId }): Promise<Result<void>> =>
  tell(http, {
    method: "POST",
    path: path`/_matrix/client/v3/rooms/${roomId}/leave`,
    body: {},
    timeoutMs: 60_000,
  });

/** `POST /rooms/{roomId}/forget`. */
export const forgetRoom = (http: Http, { roomId }: { readonly roomId: RoomId }): Promise<Result<void>> =>
  tell(http, { method: "POST", path: path`/_matrix/client/v3/rooms/${roomId}/forget`, body: {} });

export interface MembershipOrder {
  readonly roomId: RoomId;
  readonly userId: UserId;
  /** Empty: none is given. */
  readonly reason: string;
}

const reasoned = (reason: string) => (reason.trim() === "" ? {} : { reason });

/** `POST /rooms/{roomId}/invite`, `…/kick`, `…/ban`, `…/unban`. */
export const orderMembership = (
  http: Http,
  order: "invite" | "kick" | "ban" | "unban",
  { roomId, userId, reason }: MembershipOrder,
): Promise<Result<void>> =>
  tell(http, {
    method: "POST",
    path: path`/_matrix/client/v3/rooms/${roomId}/${order}`,
    body: { user_id: userId, ...reasoned(reason) },
    timeoutMs: 60_000,
  });
