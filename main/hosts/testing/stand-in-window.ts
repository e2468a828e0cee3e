import { EventEmitter } from "node:events";
import type { HostFrame } from "../../../preload/contract/frames.ts";
import { APP_ORIGIN } from "../electron/origin.ts";

// Enough of Electron's ipcMain and of a window's contents to drive pagePorts in this process.

export interface StandInFrame {
  readonly origin: string;
}

export class StandInContents extends EventEmitter {
  mainFrame: StandInFrame = { origin: APP_ORIGIN };
  /** What the page that is shown now has received. */
  received: HostFrame[] = [];
  isDestroyed = (): boolean => false;

  send(_channel: string, frame: unknown): void {
    // Through JSON, as the structured clone of real IPC would refuse functions and classes.
    this.received.push(JSON.parse(JSON.stringify(frame)) as HostFrame);
  }

  /** Another document takes over, as by a reload. */
  navigate(): void {
    this.emit("did-start-navigation", { isMainFrame: true, isSameDocument: false });
    this.mainFrame = { origin: APP_ORIGIN };
    this.received = [];
  }
}
