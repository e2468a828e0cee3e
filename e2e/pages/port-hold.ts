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

/** Lets the core fail at one method for as long as that is wished. Call it before the page is opened. */
export async function failingMethod(page: Page, method: string): Promise<{ mend(): void }> {
  let isFailing = true;
  await page.routeWebSocket(/\/port$/, (socket) => {
    const core = socket.connectToServer();
    core.onMessage((frame) => socket.send(frame));
    socket.onMessage((frame) => {
      const call = JSON.parse(String(frame)) as { readonly method?: string; readonly id: number };
      if (!isFailing || call.method !== method) return core.send(frame);
      const failure = { kind: "storage", message: "SQLITE_IOERR", problem: "other" };
      socket.send(JSON.stringify({ t: "failure", id: call.id, failure }));
    });
  });
  return { mend: () => void (isFailing = false) };
}
