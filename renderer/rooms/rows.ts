import type { RoomId } from "../../preload/contract/ids.ts";
import type { RoomSection, RoomSummary } from "../../preload/contract/models/room.ts";

/** Height of a room's row in pixels: --row-height of tokens.css, for the virtual list. */
export const ROW_HEIGHT = 56;

/** The heading of a part of the list. */
export interface SectionRow {
  readonly type: "section";
  readonly key: string;
  readonly section: RoomSection;
  readonly count: number;
  readonly isFolded: boolean;
  /** What a folded section would hide: its mentions, else its unread rooms. */
  readonly highlight: number;
  readonly unreadRooms: number;
}
export interface RoomRow {
  readonly type: "room";
  readonly key: RoomId;
  readonly room: RoomSummary;
}
export type ListRow = SectionRow | RoomRow;

/** The visible lines: headings and the rooms of sections that are not folded. `rooms` come ordered by section. */
export function buildRows(rooms: readonly RoomSummary[], folded: ReadonlySet<string>): readonly ListRow[] {
  const rows: ListRow[] = [];
  for (let start = 0; start < rooms.length;) {
    const section = rooms[start]?.section;
    if (section === undefined) break;
    let end = start + 1;
    while (end < rooms.length && rooms[end]?.section === section) end++;
    const members = rooms.slice(start, end);
    const isFolded = folded.has(section);
    rows.push(sectionRow(section, members, isFolded));
    if (!isFolded) for (const room of members) rows.push({ type: "room", key: room.roomId, room });
    start = end;
  }
  return rows;
}

function sectionRow(section: RoomSection, members: readonly RoomSummary[], isFolded: boolean): SectionRow {
  let highlight = 0;
  let unreadRooms = 0;
  for (const room of members) {
    highlight += room.highlight;
    if (isUnread(room)) unreadRooms++;
  }
  const key = `section:${section}`;
  return { type: "section", key, section, count: members.length, isFolded, highlight, unreadRooms };
}

/** Wants to be read: a muted room only does when someone means us. */
export function isUnread(room: RoomSummary): boolean {
  if (room.membership === "invite") return true;
  return room.isMarkedUnread || room.highlight > 0 || (room.unread > 0 && !room.isMuted);
}

/** The room `step` places from the open one, among those that `accept` takes; round the ends. */
export function neighbour(
  rooms: readonly RoomSummary[],
  current: RoomId | null,
  step: 1 | -1,
  accept: (room: RoomSummary) => boolean,
): RoomSummary | null {
  const at = rooms.findIndex((room) => room.roomId === current);
  let index = at === -1 && step === -1 ? 0 : at;
  for (let i = 0; i < rooms.length; i++) {
    index = (index + step + rooms.length) % rooms.length;
    const room = rooms[index];
    if (room && room.roomId !== current && accept(room)) return room;
  }
  return null;
}
