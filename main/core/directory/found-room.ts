import type { RoomId } from "../../../preload/contract/ids.ts";
import type { FoundRoom } from "../../../preload/contract/models/directory.ts";
import { numberOf, stringOf, type JsonObject } from "../event.ts";
import { isServerName, mxcPath, parseMxc } from "../mxc.ts";
import { oneLine, plainText } from "../text.ts";

// Pure: how a server describes a room to those outside, in the directory, a summary and a space alike.

/** Twice the size of the largest avatar in a list. */
const AVATAR = { width: 96, height: 96, method: "crop" } as const;

/** Rooms looked at of those whose members are let in. */
const MOST_ALLOWED = 200;

export interface FoundWith {
  readonly membershipOf: (roomId: RoomId) => FoundRoom["membership"];
  readonly via: readonly string[];
}

/** Null for what has no usable id. */
export function parseFoundRoom(raw: JsonObject, { membershipOf, via }: FoundWith): FoundRoom | null {
  const roomId = stringOf(raw, "room_id") as RoomId | null;
  if (roomId === null || !/^!.{1,254}$/su.test(roomId)) return null;
  const alias = lineOf(raw["canonical_alias"], 255);
  const avatar = parseMxc(raw["avatar_url"]);
  return {
    roomId,
    name: lineOf(raw["name"], 256) ?? alias ?? oneLine(roomId, 255),
    topic: plainText(raw["topic"], 1000),
    alias: alias?.startsWith("#") ? alias : null,
    avatar: avatar === null ? null : mxcPath(avatar, AVATAR),
    memberCount: Math.min(Math.max(Math.trunc(numberOf(raw, "num_joined_members") ?? 0), 0), 1e9),
    joinRule: lineOf(raw["join_rule"], 40),
    isLetIn: isLetIn(raw["allowed_room_ids"], membershipOf),
    isWorldReadable: raw["world_readable"] === true,
    kind: raw["room_type"] === "m.space" ? "space" : "room",
    membership: membershipOf(roomId),
    via: via.filter(isServerName).slice(0, 10),
  };
}

/** We are in one of the rooms whose members are let in (spec: Restricted rooms). */
function isLetIn(allowed: unknown, membershipOf: FoundWith["membershipOf"]): boolean | null {
  if (!Array.isArray(allowed)) return null;
  const ids = allowed.slice(0, MOST_ALLOWED).filter((id): id is RoomId => typeof id === "string");
  return ids.some((id) => membershipOf(id) === "join");
}

function lineOf(value: unknown, max: number): string | null {
  const text = plainText(value, max);
  return text === null ? null : oneLine(text, max);
}
