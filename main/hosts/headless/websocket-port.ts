import type { RawData, WebSocket } from "ws";
import type { HostFrame, Port } from "../../../preload/contract/frames.ts";

/**
 * Bytes that may wait for a page that does not read (a frozen tab). Beyond it the socket is cut: the page comes back
 * with a new snapshot, which is smaller than all it missed.
 */
const MAX_WAITING = 32 * 1024 * 1024;

/** One WebSocket as a port. What is no JSON text arrives as `undefined`, which no schema accepts. */
export function webSocketPort(socket: WebSocket, maxWaiting = MAX_WAITING): Port<unknown, HostFrame> {
  return {
    post(frame) {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(JSON.stringify(frame));
      if (socket.bufferedAmount > maxWaiting) socket.terminate();
    },
    onFrame(listener) {
      const take = (data: RawData, isBinary: boolean): void =>
        listener(isBinary ? undefined : parse((data as Buffer).toString("utf8")));
      socket.on("message", take);
      return () => void socket.off("message", take);
    },
    onClose(listener) {
      socket.on("close", listener);
      return () => void socket.off("close", listener);
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
