import { CLOSED_OPENED_ELSEWHERE, type ClientFrame, type HostFrame } from "../../preload/contract/frames.ts";
import type { HostPort } from "./connect.ts";

/** One WebSocket as a Port. Frames posted before it is open wait in order; after it closed they go nowhere. */
export function webSocketPort(url: string): HostPort {
  const socket = new WebSocket(url);
  const waiting: string[] = [];
  socket.addEventListener("open", () => {
    for (const text of waiting.splice(0)) socket.send(text);
  });
  return {
    post(frame: ClientFrame): void {
      const text = JSON.stringify(frame);
      if (socket.readyState === WebSocket.CONNECTING) waiting.push(text);
      else if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    onFrame(listener: (frame: HostFrame) => void): () => void {
      const onMessage = (event: MessageEvent): void => {
        if (typeof event.data === "string") listener(JSON.parse(event.data) as HostFrame);
      };
      socket.addEventListener("message", onMessage);
      return () => socket.removeEventListener("message", onMessage);
    },
    onClose(listener: (reason?: "opened-elsewhere") => void): () => void {
      const onClose = ({ code }: CloseEvent): void =>
        listener(code === CLOSED_OPENED_ELSEWHERE ? "opened-elsewhere" : undefined);
      socket.addEventListener("close", onClose);
      return () => socket.removeEventListener("close", onClose);
    },
  };
}
