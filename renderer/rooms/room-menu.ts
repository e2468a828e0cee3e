import ArrowDownToLine from "@lucide/svelte/icons/arrow-down-to-line";
import FolderDown from "@lucide/svelte/icons/folder-down";
import LogOut from "@lucide/svelte/icons/log-out";
import Rows3 from "@lucide/svelte/icons/rows-3";
import Star from "@lucide/svelte/icons/star";
import StarOff from "@lucide/svelte/icons/star-off";
import type { RoomSummary } from "../../preload/contract/models/room.ts";
import type { AppState } from "../state/app.svelte.ts";
import { strings as exportStrings } from "../text/export-strings.ts";
import { strings } from "../text/room-strings.ts";
import type { MenuItem } from "../ui/menu-item.ts";

/** Invitations are answered in the room itself. */
export const hasMenu = ({ membership }: RoomSummary): boolean =>
  membership === "join" || membership === "knock";

/**
 * What can be done about a room from the list. `run` tells when it was refused, `onsections` asks for its sections.
 */
export function roomMenu(
  app: AppState,
  room: RoomSummary,
  run: (work: () => Promise<unknown>) => void,
  onsections: () => void,
): readonly MenuItem[] {
  const words = strings.menu;
  const { roomId, section } = room;
  const leave: MenuItem = {
    id: "leave",
    label: words.leave,
    icon: LogOut,
    isDanger: true,
    onselect: () => app.navigation.askToLeave(roomId),
  };
  const save: MenuItem = {
    id: "export",
    label: exportStrings.menu,
    icon: FolderDown,
    onselect: () => app.navigation.askToExport(roomId),
  };
  if (room.membership !== "join") return room.membership === "knock" ? [leave] : [];
  const tag = (wanted: "m.favourite" | "m.lowpriority" | null) => () =>
    run(() => app.ask("setRoomTag", { roomId, tag: wanted }));
  const isFavourite = section === "favourites";
  const isLow = section === "low-priority";
  return [
    {
      id: "favourite",
      label: isFavourite ? words.notFavourite : words.favourite,
      icon: isFavourite ? StarOff : Star,
      onselect: tag(isFavourite ? null : "m.favourite"),
    },
    {
      id: "low",
      label: isLow ? words.notLow : words.low,
      icon: ArrowDownToLine,
      onselect: tag(isLow ? null : "m.lowpriority"),
    },
    {
      id: "sections",
      label: words.sections,
      icon: Rows3,
      onselect: onsections,
    },
    save,
    leave,
  ];
}
