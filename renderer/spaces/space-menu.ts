import Info from "@lucide/svelte/icons/info";
import LayoutGrid from "@lucide/svelte/icons/layout-grid";
import LogOut from "@lucide/svelte/icons/log-out";
import Plus from "@lucide/svelte/icons/plus";
import type { RoomId } from "../../preload/contract/ids.ts";
import type { AppState } from "../state/app.svelte.ts";
import { strings } from "../text/room-strings.ts";
import type { MenuItem } from "../ui/menu-item.ts";

/** What can be done about a space. */
export function spaceMenu(app: AppState, spaceId: RoomId): readonly MenuItem[] {
  const words = strings.spaces;
  return [
    {
      id: "browse",
      label: words.browseMenu,
      icon: LayoutGrid,
      onselect: () => {
        app.navigation.chooseSpace(spaceId);
        app.navigation.show("browse-space");
      },
    },
    {
      id: "new",
      label: words.newHere,
      icon: Plus,
      onselect: () => {
        app.navigation.chooseSpace(spaceId);
        app.navigation.show("new-room");
      },
    },
    {
      id: "details",
      label: words.details,
      icon: Info,
      onselect: () => {
        app.goToRoom(spaceId);
        app.navigation.showPanel({ kind: "details" });
      },
    },
    {
      id: "leave",
      label: strings.menu.leaveSpace,
      icon: LogOut,
      isDanger: true,
      onselect: () => app.navigation.askToLeave(spaceId),
    },
  ];
}
