import type { ClientFrame, HostFrame } from "../../preload/contract/frames.ts";
import type { HostPort } from "./connect.ts";

/** What the Electron preload puts on `window`. */
export interface HostBridge {
  post(frame: ClientFrame): void;
  /** May return the function that stops listening. */
  onFrame(listener: (frame: HostFrame) => void): unknown;
}

/** Electron's IPC as a Port. It lives as long as the page, so it never closes. */
export function hostPort(host: HostBridge): HostPort {
  return {
    post: (frame) => host.post(frame),
    onFrame(listener) {
      const stop = host.onFrame(listener);
      return () => {
        if (typeof stop === "function") (stop as () => void)();
      };
    },
    onClose: () => () => undefined,
  };
}
