import type { Session } from "electron";
import { APP_ORIGIN, isOurs } from "./origin.ts";

/** Camera, microphone and speaker, notices, the screen in a call, a call that fills the screen, and putting what the user
 * asks for on the clipboard (never reading it). Nothing else is ever needed. */
const granted: ReadonlySet<string> = new Set([
  "media",
  "speaker-selection",
  "notifications",
  "display-capture",
  "fullscreen",
  "clipboard-sanitized-write",
]);

/** Whether the page at `url` may have `permission`. */
export function isGranted(permission: string, url: string, isMainFrame: boolean): boolean {
  return granted.has(permission) && isMainFrame && isOurs(url);
}

/** Both handlers are needed: one answers questions, the other what the page may do without asking. */
export function guardPermissions(
  session: Pick<
    Session,
    "setPermissionRequestHandler" | "setPermissionCheckHandler" | "setDevicePermissionHandler"
  >,
): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(isGranted(permission, details.requestingUrl, details.isMainFrame)),
  );
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) =>
    isGranted(permission, requestingOrigin || (details.requestingUrl ?? APP_ORIGIN), details.isMainFrame),
  );
  session.setDevicePermissionHandler(() => false);
}
