/** What a key press asks the window to do. */
export type Command =
  | "search"
  | "search-here"
  | "search-everywhere"
  | "switch-room"
  | "previous-room"
  | "next-room"
  | "previous-unread"
  | "next-unread"
  | "settings"
  /** Of the call that goes on, if any. */
  | "mute"
  | "camera"
  | "shortcuts"
  | "next-region"
  | "previous-region"
  | "escape";

type Keys = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** The command of a key press, or null. Ctrl and Cmd count alike: nobody has to know where they sit. */
export function commandOf(event: Keys): Command | null {
  const isMain = event.ctrlKey || event.metaKey;
  if (isMain && !event.altKey) {
    switch (event.key.toLowerCase()) {
      case "k":
        return event.shiftKey ? "search" : "switch-room";
      case "f":
        return event.shiftKey ? "search-everywhere" : "search-here";
      case "d":
        return event.shiftKey ? null : "mute";
      case "e":
        return event.shiftKey ? null : "camera";
      case ",":
        return "settings";
      // On some keyboards the slash needs Shift.
      case "/":
        return "shortcuts";
    }
    return null;
  }
  if (event.altKey && !isMain) {
    if (event.key === "ArrowUp") return event.shiftKey ? "previous-unread" : "previous-room";
    if (event.key === "ArrowDown") return event.shiftKey ? "next-unread" : "next-room";
    return null;
  }
  if (event.key === "F6" && !isMain) return event.shiftKey ? "previous-region" : "next-region";
  return event.key === "Escape" ? "escape" : null;
}
