import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import { isObject, numberOf, stringOf, type JsonObject } from "../event.ts";
import { ok, type Result } from "../failure.ts";
import { ask, tell } from "./endpoint.ts";
import type { Http } from "./http.ts";
import type { Addressed } from "./membership.ts";
import { path } from "./path.ts";

const aliasPath = (alias: string) => path`/_matrix/client/v3/directory/room/${alias}`;

export interface Resolved {
  readonly roomId: RoomId;
  /** Servers that know the room, at most 10. */
  readonly servers: readonly string[];
}

/** `GET /directory/room/{roomAlias}`. */
export const resolveAlias = (http: Http, { alias }: { readonly alias: string }): Promise<Result<Resolved>> =>
  ask(http, { method: "GET", path: aliasPath(alias), timeoutMs: 60_000 }, (answer) => {
    const roomId = stringOf(answer, "room_id");
    if (roomId === null || roomId === "") return null;
    return { roomId: roomId as RoomId, servers: stringsOf(answer["servers"]).slice(0, 10) };
  });

/** `PUT /directory/room/{roomAlias}`. */
export const putAlias = (
  http: Http,
  { alias, roomId }: { readonly alias: string; readonly roomId: RoomId },
): Promise<Result<void>> => tell(http, { method: "PUT", path: aliasPath(alias), body: { room_id: roomId } });

/** `DELETE /directory/room/{roomAlias}`. */
export const deleteAlias = (http: Http, { alias }: { readonly alias: string }): Promise<Result<void>> =>
  tell(http, { method: "DELETE", path: aliasPath(alias) });

/** `GET /rooms/{roomId}/aliases`: those of our own server. */
export const fetchLocalAliases = (
  http: Http,
  { roomId }: { readonly roomId: RoomId },
): Promise<Result<readonly string[]>> =>
  ask(http, { method: "GET", path: path`/_matrix/client/v3/rooms/${roomId}/aliases` }, (answer) =>
    stringsOf(answer["aliases"]).slice(0, 200),
  );

/** `GET /directory/list/room/{roomId}`: is it published? */
export const fetchPublished = (
  http: Http,
  { roomId }: { readonly roomId: RoomId },
): Promise<Result<boolean>> =>
  ask(http, { method: "GET", path: path`/_matrix/client/v3/directory/list/room/${roomId}` }, (answer) => ({
    isPublished: answer["visibility"] === "public",
  })).then((result) => (result.ok ? ok(result.value.isPublished) : result));

/** `PUT /directory/list/room/{roomId}`. */
export const putPublished = (
  http: Http,
  { roomId, isPublished }: { readonly roomId: RoomId; readonly isPublished: boolean },
): Promise<Result<void>> =>
  tell(http, {
    method: "PUT",
    path: path`/_matrix/client/v3/directory/list/room/${roomId}`,
    body: { visibility: isPublished ? "public" : "private" },
  });

export interface RawPage {
  /** Unchecked room descriptions. */
  readonly rooms: readonly JsonObject[];
  readonly next: string | null;
  readonly estimate: number | null;
}

/** `POST /publicRooms`: a page of published rooms, of another server where one is named. */
export const fetchPublicRooms = (
  http: Http,
  request: {
    readonly server: string | null;
    readonly term: string;
    readonly since: string | null;
    readonly limit: number;
  },
): Promise<Result<RawPage>> =>
  ask(
    http,
    {
      method: "POST",
      path: "/_matrix/client/v3/publicRooms",
      query: { server: request.server ?? undefined },
      body: {
        limit: request.limit,
        ...(request.since === null ? {} : { since: request.since }),
        ...(request.term === "" ? {} : { filter: { generic_search_term: request.term } }),
      },
      timeoutMs: 60_000,
    },
    (answer) => ({
      rooms: objectsOf(answer["chunk"]),
      next: nextOf(answer, request.since),
      estimate: numberOf(answer, "total_room_count_estimate"),
    }),
  );

/** `GET /room_summary/{roomIdOrAlias}` (since v1.15). */
export const fetchRoomSummary = (http: Http, { address, via }: Addressed): Promise<Result<JsonObject>> =>
  ask(
    http,
    {
      method: "GET",
      path: path`/_matrix/client/v1/room_summary/${address}`,
      query: via.length === 0 ? {} : { via },
      timeoutMs: 60_000,
    },
    (answer) => (stringOf(answer, "room_id") ? answer : null),
  );

/** `GET /rooms/{roomId}/hierarchy`: the space itself (first page only) and what is directly in it. */
export const fetchHierarchy = (
  http: Http,
  request: { readonly roomId: RoomId; readonly from: string | null; readonly limit: number },
): Promise<Result<RawPage>> =>
  ask(
    http,
    {
      method: "GET",
      path: path`/_matrix/client/v1/rooms/${request.roomId}/hierarchy`,
      query: { max_depth: 1, limit: request.limit, from: request.from ?? undefined },
      timeoutMs: 60_000,
    },
    (answer) => ({ rooms: objectsOf(answer["rooms"]), next: nextOf(answer, request.from), estimate: null }),
  );

/** A token that leads nowhere new would make us ask for ever. */
function nextOf(answer: JsonObject, since: string | null): string | null {
  const next = stringOf(answer, "next_batch");
  return next === "" || next === since ? null : next;
}

const objectsOf = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject).slice(0, 200) : [];

const stringsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];

/** A user of `POST /user_directory/search`, unchecked but for its id. */
export interface FoundUser {
  readonly userId: string;
  readonly raw: JsonObject;
}

/** `POST /user_directory/search`. */
export const searchUsers = (
  http: Http,
  { term, limit }: { readonly term: string; readonly limit: number },
): Promise<Result<{ readonly users: readonly FoundUser[]; readonly isLimited: boolean }>> =>
  ask(
    http,
    {
      method: "POST",
      path: "/_matrix/client/v3/user_directory/search",
      body: { search_term: term, limit },
    },
    (answer) => ({
      users: objectsOf(answer["results"]).flatMap((raw) => {
        const userId = stringOf(raw, "user_id");
        return userId === null ? [] : [{ userId, raw }];
      }),
      isLimited: answer["limited"] === true,
    }),
  );

/** `POST /users/{userId}/report` (since v1.14). */
export const reportUser = (
  http: Http,
  { userId, reason }: { readonly userId: string; readonly reason: string },
): Promise<Result<void>> =>
  tell(http, { method: "POST", path: path`/_matrix/client/v3/users/${userId}/report`, body: { reason } });

/** `POST /rooms/{roomId}/report` (since v1.13). */
export const reportRoom = (
  http: Http,
  { roomId, reason }: { readonly roomId: RoomId; readonly reason: string },
): Promise<Result<void>> =>
  tell(http, { method: "POST", path: path`/_matrix/client/v3/rooms/${roomId}/report`, body: { reason } });

/** `POST /rooms/{roomId}/report/{eventId}`. */
export const reportEvent = (
  http: Http,
  {
    roomId,
    eventId,
    reason,
  }: { readonly roomId: RoomId; readonly eventId: EventId; readonly reason: string },
): Promise<Result<void>> =>
  tell(http, {
    method: "POST",
    path: path`/_matrix/client/v3/rooms/${roomId}/report/${eventId}`,
    body: { reason },
  });
