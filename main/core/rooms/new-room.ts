import type { UploadedPicture } from "../../../preload/contract/models/attachment.ts";
import type { NewRoom } from "../../../preload/contract/models/new-room.ts";
import type { JsonObject } from "../event.ts";

// Pure: what the dialog says, as /createRoom wants it.

/** Limit of a room alias, `#` and server included, bytes (ALI-03). */
const MAX_ALIAS_BYTES = 255;

/** `localpart` as a full alias of our server, or null when it cannot be one. Both "foo" and "#foo:ours" mean foo (CRT-04). */
export function aliasOf(localpart: string, serverName: string): string | null {
  const bare = bareLocalpart(localpart, serverName);
  if (bare === "" || /[:\s\0]/.test(bare) || !bare.isWellFormed()) return null;
  const alias = `#${bare}:${serverName}`;
  return Buffer.byteLength(alias) > MAX_ALIAS_BYTES ? null : alias;
}

/** Without the `#` and our own server's name. */
function bareLocalpart(localpart: string, serverName: string): string {
  const bare = localpart.startsWith("#") ? localpart.slice(1) : localpart;
  return bare.endsWith(`:${serverName}`) ? bare.slice(0, -serverName.length - 1) : bare;
}

/** The body of /createRoom. `initial_state` has what no other key says (CRT-11, CRT-12). */
export function buildCreateRoom(room: NewRoom, serverName: string): JsonObject {
  const isSpace = room.kind === "space";
  const creation = {
    ...(room.isFederated ? {} : { "m.federate": false }),
    ...(isSpace ? { type: "m.space" } : {}),
  };
  return {
    preset: room.preset,
    visibility: room.isPublished ? "public" : "private",
    ...(room.name.trim() === "" ? {} : { name: room.name.trim() }),
    ...(room.topic.trim() === "" ? {} : { topic: room.topic.trim() }),
    ...(room.aliasLocalpart === null
      ? {}
      : { room_alias_name: bareLocalpart(room.aliasLocalpart, serverName) }),
    ...(room.invite.length === 0 ? {} : { invite: room.invite }),
    ...(room.roomVersion === null ? {} : { room_version: room.roomVersion }),
    ...(Object.keys(creation).length === 0 ? {} : { creation_content: creation }),
    // In a space people find rooms; they do not talk.
    ...(isSpace ? { power_level_content_override: { events_default: 100 } } : {}),
    initial_state: initialState(room, serverName),
  };
}

/** The picture of a room with what is true of its bytes (STA-11). */
export function avatarContent({ mxc, contentType, size, width, height }: UploadedPicture): JsonObject {
  const pixels = width === null || height === null ? {} : { w: width, h: height };
  return { url: mxc, info: { ...pixels, mimetype: contentType, size } };
}

function initialState(room: NewRoom, serverName: string): readonly JsonObject[] {
  const state = (type: string, stateKey: string, content: JsonObject): JsonObject => ({
    type,
    state_key: stateKey,
    content,
  });
  return [
    state("m.room.history_visibility", "", { history_visibility: room.historyVisibility }),
    ...(room.avatar === null ? [] : [state("m.room.avatar", "", avatarContent(room.avatar))]),
    ...(room.parentSpaceId === null
      ? []
      : [state("m.space.parent", room.parentSpaceId, { via: [serverName], canonical: true })]),
  ];
}

/** The body for a chat between two: both stand equal, and the other one's client is told (m.direct). */
export const buildDirectChat = (userId: string): JsonObject => ({
  preset: "trusted_private_chat",
  visibility: "private",
  is_direct: true,
  invite: [userId],
});
