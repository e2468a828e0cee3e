import type { JumpListCategory } from "electron";
import { applyListChanges } from "../../../preload/contract/list-change.ts";
import type { RoomSummary } from "../../../preload/contract/models/room.ts";
import type { Core } from "../../core/api.ts";
import { matrixLink } from "../../../preload/contract/matrix-link.ts";
import { words } from "./words.ts";

// The rooms of late in the taskbar's jump list (Windows) and in the dock's menu (macOS).

export interface RecentRoom {
  readonly roomId: string;
  readonly name: string;
}

const MOST = 6;

/** The rooms we are in where something happened last, newest first. */
export function recentRooms(rooms: readonly RoomSummary[]): readonly RecentRoom[] {
  return rooms
    .filter(({ membership, lastActivityTs }) => membership === "join" && lastActivityTs > 0)
    .sort((a, b) => b.lastActivityTs - a.lastActivityTs)
    .slice(0, MOST)
    .map(({ roomId, name }) => ({ roomId, name }));
}

/** Tells them now and when they have changed. Returns the function that ends it. */
export function watchRecentRooms(
  core: Pick<Core, "topics">,
  onChange: (rooms: readonly RecentRoom[]) => void,
): () => void {
  let told = "";
  let rooms: readonly RoomSummary[] = [];
  const tell = (): void => {
    const recent = recentRooms(rooms);
    const text = JSON.stringify(recent);
    if (text === told) return;
    told = text;
    onChange(recent);
  };
  const opened = core.topics.roomList(null, (change) => {
    rooms = applyListChanges(rooms, change);
    tell();
  });
  rooms = opened.snapshot;
  tell();
  return () => opened.stop();
}

/** `dunlin://roomid/…`: the same program again, which hands the address to the one that runs. */
export const addressOf = ({ roomId }: RecentRoom): string =>
  `dunlin://roomid/${encodeURIComponent(roomId.slice(1)).replace(/%3A/gi, ":")}`;

export const placeOfRoom = ({ roomId }: RecentRoom): string =>
  matrixLink({ id: roomId, eventId: null, via: [] });

/** For `app.setJumpList`; null restores the system's own where there is nothing to show. */
export function jumpList(rooms: readonly RecentRoom[], program: string): JumpListCategory[] | null {
  if (rooms.length === 0) return null;
  return [
    {
      type: "custom",
      name: words.recentRooms,
      items: rooms.map((room) => ({
        type: "task" as const,
        title: room.name.slice(0, 100),
        description: room.name.slice(0, 100),
        program,
        args: addressOf(room),
        iconPath: program,
        iconIndex: 0,
      })),
    },
  ];
}
