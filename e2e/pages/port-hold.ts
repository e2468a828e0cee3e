import type { Page } from "@playwright/test";

/** The link between page and core, which can be held: as a disk that takes its time. */
export interface PortHold {
  /** From now on nothing of what the core says reaches the page. */
  hold(): void;
  /** Everything held arrives, in order. */
  release(): void;
}

/** Call it before the page is opened. */
export async function holdablePort(page: Page): Promise<PortHold> {
  let isHeld = false;
  let late: (() => void)[] = [];
  await page.routeWebSocket(/\/port$/, (socket) => {
    const core = socket.connectToServer();
    core.onMessage((frame) => {
      if (isHeld) late.push(() => socket.send(frame));
      else socket.send(frame);
    });
  });
  return {
    hold() {
      isHeld = true;
    },
    release() {
      isHeld = false;
      const held = late;
      late = [];
      for (const send of held) send();
    },
  };
}
