import { expect } from "@playwright/test";
import type { Homeserver } from "../homeserver/index.ts";

/** Of Ana and Ben nobody hears of anything any more until it is released, also not by a question the server has already. */
export async function holdNews(homeserver: Homeserver, roomId: string): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const hold = homeserver.faults.add({ on: { path: /\/sync$/ }, do: { holdAnswer: promise } });
  homeserver.world.setTyping(roomId, ["ana", "ben"]);
  await expect.poll(() => hold.hits).toBe(2);
  return () => {
    hold.remove();
    resolve();
  };
}
