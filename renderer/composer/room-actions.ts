import type { AppState } from "../state/app.svelte.ts";
import type { RoomState } from "../state/room.svelte.ts";
import type { RoomAction } from "./commands.ts";

/** How the commands of one room are done: each resolves when the server has done it. */
export function actionsOf(
  app: AppState,
  room: RoomState,
  show: (dialog: "help" | "poll") => void,
): (action: RoomAction) => Promise<unknown> {
  const { roomId } = room;
  return (action) => {
    switch (action.do) {
      case "help":
      case "poll":
        return Promise.resolve(show(action.do));
      case "topic":
        return app.ask("changeRoom", { roomId, change: { what: "topic", topic: action.topic } });
      case "power": {
        const { userId, level } = action;
        return app.ask("changeRoom", { roomId, change: { what: "person-level", userId, level } });
      }
      case "invite":
        return app.ask("inviteToRoom", { roomId, userId: action.userId, reason: action.reason });
      case "kick":
        return app.ask("kickMember", { roomId, userId: action.userId, reason: action.reason });
      case "ban":
        return app.ask("banMember", { roomId, userId: action.userId, reason: action.reason });
      case "unban":
        return app.ask("unbanMember", { roomId, userId: action.userId, reason: action.reason });
      case "join":
        return app
          .ask("joinRoom", { address: action.room, via: action.via })
          .then((joined) => app.goToRoom(joined.roomId));
      case "leave":
        return app.ask("leaveRoom", { roomId });
      case "name":
        return app.setDisplayName(action.name);
      case "room-name":
        return room.setOwnName(action.name);
    }
  };
}
