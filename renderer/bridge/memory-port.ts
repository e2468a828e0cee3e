import type { ClientFrame, HostFrame, Port } from "../../preload/contract/frames.ts";

/** Two ends of a pair in one process. */
export interface MemoryPair {
  readonly page: Port<HostFrame, ClientFrame>;
  readonly core: Port<ClientFrame, HostFrame>;
  /** Both ends see the close; what is posted later is lost. */
  close(reason?: "opened-elsewhere"): void;
}

/**
 * For tests: every frame takes the way through JSON, so that nothing un-JSON-able (Date, Map, undefined) creeps into
 * the contract, and arrives in a later microtask, as through a real port.
 */
export function memoryPair(): MemoryPair {
  const toPage = new Set<(frame: HostFrame) => void>();
  const toCore = new Set<(frame: ClientFrame) => void>();
  const closed = new Set<(reason?: "opened-elsewhere") => void>();
  let isOpen = true;
  const deliver = <F>(frame: F, listeners: Set<(frame: F) => void>): void => {
    const text = JSON.stringify(frame);
    queueMicrotask(() => {
      if (!isOpen) return;
      for (const listener of [...listeners]) listener(JSON.parse(text) as F);
    });
  };
  const listen = <L>(set: Set<L>, listener: L): (() => void) => {
    set.add(listener);
    return () => void set.delete(listener);
  };
  return {
    page: {
      post: (frame) => deliver(frame, toCore),
      onFrame: (listener) => listen(toPage, listener),
      onClose: (listener) => listen(closed, listener),
    },
    core: {
      post: (frame) => deliver(frame, toPage),
      onFrame: (listener) => listen(toCore, listener),
      onClose: (listener) => listen(closed, listener),
    },
    close(reason) {
      isOpen = false;
      for (const listener of [...closed]) listener(reason);
    },
  };
}
