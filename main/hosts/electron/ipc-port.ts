import type { IpcMainEvent, WebContents } from "electron";
import type { HostFrame, Port } from "../../../preload/contract/frames.ts";
import { APP_ORIGIN } from "./origin.ts";

/** The one channel there is, in both directions. */
export const CHANNEL = "port";

type Listener = (event: IpcMainEvent, frame: unknown) => void;
/** What we need of a window's contents; a stand-in has as much. */
export type PageContents = Pick<WebContents, "mainFrame" | "isDestroyed" | "send"> & {
  on(event: string, listener: (...args: never[]) => void): unknown;
};

export interface PagePortOptions {
  readonly ipcMain: {
    on(channel: string, listener: Listener): unknown;
    off(channel: string, listener: Listener): unknown;
  };
  readonly contents: PageContents;
  /** Called for every new page in the window; the port it had before is closed by then. */
  readonly onPort: (port: Port<unknown, HostFrame>) => void;
  /** A frame that did not come from our page. */
  readonly onForeign: () => void;
}

/**
 * One port per *page*, not per window: after a reload the ids of requests begin anew, and an answer to the old page
 * must not reach the new one. A page's first frame, its hello, opens its port; leaving the page closes it.
 * Returns the function that ends it all.
 */
export function pagePorts({ ipcMain, contents, onPort, onForeign }: PagePortOptions): () => void {
  let current: PagePort | null = null;
  const leave = (): void => {
    current?.close();
    current = null;
  };
  const take: Listener = (event, frame) => {
    if (!isOurPage(event, contents)) return onForeign();
    if (isHello(frame)) {
      leave();
      current = new PagePort(contents);
      onPort(current);
    }
    current?.take(frame);
  };
  ipcMain.on(CHANNEL, take);
  contents.on("did-start-navigation", (details: { isMainFrame: boolean; isSameDocument: boolean }) => {
    if (details.isMainFrame && !details.isSameDocument) leave();
  });
  contents.on("render-process-gone", leave);
  contents.on("destroyed", leave);
  return () => {
    ipcMain.off(CHANNEL, take);
    leave();
  };
}

/** Our window, its top frame, and our page in it: an embedded or navigated frame is nobody we talk to. */
function isOurPage(event: IpcMainEvent, contents: PageContents): boolean {
  const frame = event.senderFrame; // null when that frame is gone already
  return (
    (event.sender as unknown) === contents &&
    frame !== null &&
    frame === contents.mainFrame &&
    frame.origin === APP_ORIGIN
  );
}

function isHello(frame: unknown): boolean {
  return typeof frame === "object" && frame !== null && "t" in frame && frame.t === "hello";
}

class PagePort implements Port<unknown, HostFrame> {
  readonly #contents: PageContents;
  readonly #frameListeners = new Set<(frame: unknown) => void>();
  readonly #closeListeners = new Set<() => void>();
  #isOpen = true;

  constructor(contents: PageContents) {
    this.#contents = contents;
  }

  post(frame: HostFrame): void {
    if (this.#isOpen && !this.#contents.isDestroyed()) this.#contents.send(CHANNEL, frame);
  }

  onFrame(listener: (frame: unknown) => void): () => void {
    this.#frameListeners.add(listener);
    return () => void this.#frameListeners.delete(listener);
  }

  onClose(listener: () => void): () => void {
    this.#closeListeners.add(listener);
    return () => void this.#closeListeners.delete(listener);
  }

  take(frame: unknown): void {
    for (const listener of [...this.#frameListeners]) listener(frame);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const listener of [...this.#closeListeners]) listener();
  }
}
