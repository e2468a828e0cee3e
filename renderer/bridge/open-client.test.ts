import { expect, test } from "vitest";
import { socketUrl } from "./open-client.ts";
import { hostPort } from "./host-port.ts";

test("the socket is beside the page, encrypted when the page is", () => {
  expect(socketUrl({ protocol: "http:", host: "127.0.0.1:4001" })).toBe("ws://127.0.0.1:4001/port");
  expect(socketUrl({ protocol: "https:", host: "example.org" })).toBe("wss://example.org/port");
});

test("Electron's bridge hands frames both ways and can be left", () => {
  const posted: unknown[] = [];
  const seen: unknown[] = [];
  let listener: ((frame: never) => void) | null = null;
  const port = hostPort({
    post: (frame) => posted.push(frame),
    onFrame: (next) => {
      listener = next;
      return () => (listener = null);
    },
  });
  const stop = port.onFrame((frame) => seen.push(frame));
  port.post({ t: "unsubscribe", id: 1 });
  (listener as ((frame: unknown) => void) | null)?.({ t: "result", id: 1, value: null });
  expect(posted).toEqual([{ t: "unsubscribe", id: 1 }]);
  expect(seen).toEqual([{ t: "result", id: 1, value: null }]);
  stop();
  expect(listener).toBeNull();
});
