import type { RoomId } from "../../../preload/contract/ids.ts";
import { isObject, objectOf, stringOf, type JsonObject } from "../event.ts";
import type { Result } from "../failure.ts";
import { ask } from "./endpoint.ts";
import type { Http } from "./http.ts";
import { path } from "./path.ts";

/** `POST /createRoom` (CRT-01). */
export const createRoom = (http: Http, body: JsonObject): Promise<Result<{ readonly roomId: RoomId }>> =>
  ask(
    http,
    // Invitations to other servers are sent before the answer comes.
    { method: "POST", path: "/_matrix/client/v3/createRoom", body, timeoutMs: 120_000 },
    (answer) => {
      const roomId = stringOf(answer, "room_id");
      return roomId ? { roomId: roomId as RoomId } : null;
    },
  );

/** `POST /rooms/{roomId}/upgrade`: the id of the new room. */
export const upgradeRoom = (
  http: Http,
  { roomId, version }: { readonly roomId: RoomId; readonly version: string },
): Promise<Result<{ readonly roomId: RoomId }>> =>
  ask(
    http,
    {
      method: "POST",
      path: path`/_matrix/client/v3/rooms/${roomId}/upgrade`,
      body: { new_version: version },
      timeoutMs: 120_000,
    },
    (answer) => {
      const replacement = stringOf(answer, "replacement_room");
      return replacement ? { roomId: replacement as RoomId } : null;
    },
  );

/** The room versions of `GET /capabilities`; where the server tells nothing, version 1 (spec: m.room_versions). */
export const fetchRoomVersions = (
  http: Http,
): Promise<Result<{ readonly standard: string; readonly stable: readonly string[] }>> =>
  ask(http, { method: "GET", path: "/_matrix/client/v3/capabilities" }, (answer) => {
    const versions = objectOf(objectOf(answer, "capabilities"), "m.room_versions");
    const available = versions["available"];
    const stable = isObject(available)
      ? Object.entries(available).flatMap(([version, state]) => (state === "stable" ? [version] : []))
      : [];
    return { standard: stringOf(versions, "default") ?? "1", stable: stable.slice(0, 50) };
  });
