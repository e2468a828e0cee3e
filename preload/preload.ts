// The only code that runs between the page and main. The page gets two functions and nothing of Electron: no event
// object (it would lead to ipcRenderer), no other channel.
import { contextBridge, ipcRenderer } from "electron/renderer";
import type { ClientFrame, HostFrame, WindowHost } from "./contract/frames.ts";

/** The one channel; main/hosts/electron/ipc-port.ts has the other end. */
const CHANNEL = "port";

const host: WindowHost = {
  post(frame: ClientFrame): void {
    ipcRenderer.send(CHANNEL, frame);
  },
  onFrame(listener: (frame: HostFrame) => void): () => void {
    const take = (_event: unknown, frame: HostFrame): void => listener(frame);
    ipcRenderer.on(CHANNEL, take);
    return () => void ipcRenderer.off(CHANNEL, take);
  },
};

contextBridge.exposeInMainWorld("host", host);
