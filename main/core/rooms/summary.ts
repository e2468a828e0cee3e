import type { CallId } from "../../../preload/contract/ids.ts";
import type { RoomPreview, RoomSummary } from "../../../preload/contract/models/room.ts";
import { mxcPath } from "../mxc.ts";
import type { RoomRow } from "../store/queries/rooms.ts";
import type { StoredPreview } from "./preview.ts";
import { readTags } from "./account-data.ts";
import { placeIn, sectionOf } from "./section.ts";

/** Pixels at twice the size of the largest avatar in a list (36), so that it is sharp on dense screens. */
export const AVATAR_THUMBNAIL = { width: 96, height: 96, method: "crop" } as const;

/** What the list knows of a room beside its row: our messages that wait for the user, calls that go on. */
export interface Beside {
  readonly unsent: number;
  readonly isLiveCall: (callId: CallId) => boolean;
}

/** Pure: a stored row as the list shows it. */
export function buildSummary(row: RoomRow, { unsent, isLiveCall }: Beside): RoomSummary {
  const tags = readTags(row.tags);
  const isDirect = row.directUserId !== null || row.inviteIsDirect === 1;
  const section = sectionOf({ membership: row.membership, tags, isDirect });
  const place = placeIn(section, tags);
  return {
    roomId: row.roomId,
    name: row.name ?? row.roomId,
    avatar: row.avatarMxc === null ? null : mxcPath(row.avatarMxc, AVATAR_THUMBNAIL),
    section,
    ...(place === null ? {} : { place }),
    membership: row.membership as RoomSummary["membership"],
    directUserId: row.directUserId,
    preview: row.preview === null ? null : shown(JSON.parse(row.preview) as StoredPreview, isLiveCall),
    lastActivityTs: row.lastActivityTs,
    unread: row.unread,
    highlight: row.highlight,
    isMarkedUnread: row.isMarkedUnread === 1,
    isMuted: row.isMuted === 1,
    isEncrypted: row.isEncrypted === 1,
    unsent,
  };
}

function shown({ callId, ...preview }: StoredPreview, isLiveCall: Beside["isLiveCall"]): RoomPreview {
  const isLive = callId !== undefined && isLiveCall(callId as CallId);
  return isLive && preview.call ? { ...preview, call: { ...preview.call, outcome: "open" } } : preview;
}
