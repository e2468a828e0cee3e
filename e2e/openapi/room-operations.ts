import { readTable, type Line } from "./table.ts";

const createRoomKeys = [
  "visibility=public|private room_alias_name name topic invite:users invite_3pid:objects room_version",
  "creation_content:object preset=private_chat|public_chat|trusted_private_chat is_direct:boolean",
  "power_level_content_override:object initial_state:stateEvents",
].join(" ");

const making: readonly Line[] = [
  ["POST /v3/createRoom", "", createRoomKeys],
  ["POST /v3/rooms/{roomId}/upgrade", "", "new_version! additional_creators:users"],
  ["GET /v3/directory/room/{roomAlias}"],
  ["PUT /v3/directory/room/{roomAlias}", "", "room_id!:room"],
  ["DELETE /v3/directory/room/{roomAlias}"],
  ["GET /v3/rooms/{roomId}/aliases"],
  ["GET /v3/directory/list/room/{roomId}"],
  ["PUT /v3/directory/list/room/{roomId}", "", "visibility=public|private"],
  ["GET /v3/publicRooms", "limit:integer since server"],
  [
    "POST /v3/publicRooms",
    "server",
    "limit:integer since filter:object include_all_networks:boolean third_party_instance_id",
  ],
  ["GET /v1/room_summary/{roomIdOrAlias}", "via[]"],
  ["GET /v1/rooms/{roomId}/hierarchy", "suggested_only:boolean limit:integer max_depth:integer from"],
];

const membership: readonly Line[] = [
  ["GET /v3/joined_rooms"],
  ["POST /v3/join/{roomIdOrAlias}", "via[]", "third_party_signed:object reason"],
  ["POST /v3/knock/{roomIdOrAlias}", "via[]", "reason"],
  ["POST /v3/rooms/{roomId}/join", "", "third_party_signed:object reason"],
  ["POST /v3/rooms/{roomId}/leave", "", "reason"],
  ["POST /v3/rooms/{roomId}/forget"],
  ["POST /v3/rooms/{roomId}/invite", "", "user_id!:user reason"],
  ["POST /v3/rooms/{roomId}/kick", "", "user_id!:user reason"],
  ["POST /v3/rooms/{roomId}/ban", "", "user_id!:user reason"],
  ["POST /v3/rooms/{roomId}/unban", "", "user_id!:user reason"],
  [
    "GET /v3/rooms/{roomId}/members",
    "at membership=join|invite|knock|leave|ban not_membership=join|invite|knock|leave|ban",
  ],
  ["GET /v3/rooms/{roomId}/joined_members"],
  ["POST /v3/rooms/{roomId}/report", "", "reason!"],
  ["POST /v3/rooms/{roomId}/report/{eventId}", "", "reason"],
];

const events: readonly Line[] = [
  [
    "GET /v3/sync",
    "filter since full_state:boolean set_presence=offline|online|unavailable timeout:integer use_state_after:boolean",
  ],
  ["GET /v3/rooms/{roomId}/messages", "dir!=b|f from to limit:integer filter"],
  ["GET /v3/rooms/{roomId}/context/{eventId}", "limit:integer filter"],
  ["GET /v3/rooms/{roomId}/event/{eventId}"],
  ["GET /v1/rooms/{roomId}/relations/{eventId}", "from to limit:integer dir=b|f recurse:boolean"],
  ["GET /v1/rooms/{roomId}/relations/{eventId}/{relType}", "from to limit:integer dir=b|f recurse:boolean"],
  [
    "GET /v1/rooms/{roomId}/relations/{eventId}/{relType}/{eventType}",
    "from to limit:integer dir=b|f recurse:boolean",
  ],
  ["GET /v1/rooms/{roomId}/threads", "include=all|participated limit:integer from"],
  ["GET /v1/rooms/{roomId}/timestamp_to_event", "ts!:integer dir!=b|f"],
  ["POST /v3/search", "next_batch", "search_categories!:object"],
  ["PUT /v3/rooms/{roomId}/send/{eventType}/{txnId}", "", "*"],
  ["PUT /v3/rooms/{roomId}/redact/{eventId}/{txnId}", "", "reason"],
  ["GET /v3/rooms/{roomId}/state"],
  ["GET /v3/rooms/{roomId}/state/{eventType}", "format=content|event"],
  ["PUT /v3/rooms/{roomId}/state/{eventType}", "", "*"],
  ["GET /v3/rooms/{roomId}/state/{eventType}/{stateKey}", "format=content|event"],
  ["PUT /v3/rooms/{roomId}/state/{eventType}/{stateKey}", "", "*"],
  ["PUT /v3/rooms/{roomId}/typing/{userId}", "", "typing!:boolean timeout:integer"],
  ["POST /v3/rooms/{roomId}/receipt/{receiptType}/{eventId}", "", "thread_id"],
  ["POST /v3/rooms/{roomId}/read_markers", "", "m.fully_read:event m.read:event m.read.private:event"],
];

const thumbnail = "width!:integer height!:integer method=crop|scale animated:boolean";
const oldMedia = "allow_remote:boolean timeout_ms:integer allow_redirect:boolean";

const media: readonly Line[] = [
  ["GET /v1/media/config"],
  ["GET /v1/media/preview_url", "url! ts:integer"],
  ["GET /v1/media/download/{serverName}/{mediaId}", "timeout_ms:integer"],
  ["GET /v1/media/download/{serverName}/{mediaId}/{fileName}", "timeout_ms:integer"],
  ["GET /v1/media/thumbnail/{serverName}/{mediaId}", `${thumbnail} timeout_ms:integer`],
  ["POST /_matrix/media/v3/upload", "filename", "file"],
  ["POST /_matrix/media/v1/create"],
  ["PUT /_matrix/media/v3/upload/{serverName}/{mediaId}", "filename", "file"],
  ["GET /_matrix/media/v3/config"],
  ["GET /_matrix/media/v3/download/{serverName}/{mediaId}", oldMedia],
  ["GET /_matrix/media/v3/thumbnail/{serverName}/{mediaId}", `${thumbnail} ${oldMedia}`],
];

const encryption: readonly Line[] = [
  ["PUT /v3/sendToDevice/{eventType}/{txnId}", "", "messages!:object"],
  ["POST /v3/keys/upload", "", "device_keys:object one_time_keys:object fallback_keys:object"],
  ["POST /v3/keys/query", "", "device_keys!:object timeout:integer"],
  ["POST /v3/keys/claim", "", "one_time_keys!:object timeout:integer"],
  ["GET /v3/keys/changes", "from! to!"],
];

/** Rooms, what happens in them, files. */
export const roomOperations = readTable([...making, ...membership, ...events, ...media, ...encryption]);
