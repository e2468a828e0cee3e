import type { HostFrame, Port } from "../../../preload/contract/frames.ts";
import { serve } from "../serve.ts";
import type { OpenHost, PageEnd } from "./contract-suite.ts";

const options = { host: "headless", resources: "http://memory/" } as const;

/** Every frame goes through JSON and arrives later, as through a real port: what JSON cannot hold does not pass. */
export const openMemoryHost: OpenHost = (core, { clock, log }) =>
  Promise.resolve({
    options,
    openPage: () => {
      const { port, page } = memoryPort();
      serve(port, core, { ...options, clock, log });
      return Promise.resolve(page);
    },
    close: () => Promise.resolve(),
  });

function memoryPort(): { port: Port<unknown, HostFrame>; page: PageEnd } {
  const toHost = new Set<(frame: unknown) => void>();
  const onClosed = new Set<() => void>();
  const frames: HostFrame[] = [];
  const later = (frame: unknown, take: (frame: unknown) => void): void => {
    const text = JSON.stringify(frame);
    queueMicrotask(() => take(JSON.parse(text)));
  };
  return {
    port: {
      post: (frame) => later(frame, (arrived) => frames.push(arrived as HostFrame)),
      onFrame: (listener) => {
        toHost.add(listener);
        return () => void toHost.delete(listener);
      },
      onClose: (listener) => {
        onClosed.add(listener);
        return () => void onClosed.delete(listener);
      },
    },
    page: {
      frames,
      post: (frame) => later(frame, (arrived) => toHost.forEach((listener) => listener(arrived))),
      leave: () => {
        onClosed.forEach((listener) => listener());
        return Promise.resolve();
      },
    },
  };
}
