import type { WebContents } from "electron";

/**
 * Our page never leaves itself: a dropped file, a link that slipped through or a form cannot replace it, nothing opens a
 * second window, nothing is embedded. Links go through the request `openLink`, where they are checked. And when we take
 * it away it cannot stay.
 */
export function denyNavigation(
  contents: Pick<WebContents, "setWindowOpenHandler"> & {
    on(event: string, listener: (...args: never[]) => void): unknown;
  },
): void {
  const deny = ((event: { preventDefault(): void }) => event.preventDefault()) as (...args: never[]) => void;
  for (const event of ["will-navigate", "will-frame-navigate", "will-redirect", "will-attach-webview"])
    contents.on(event, deny);
  // What is denied here is the page's wish to stay.
  contents.on("will-prevent-unload", deny);
  contents.setWindowOpenHandler(() => ({ action: "deny" }));
}
