import type { Page } from "@playwright/test";
import { landscapePicture } from "../homeserver/demo-pictures.ts";
import { atRest } from "../pages/log-view.ts";
import { scrollToStart } from "../pages/scroll-watch.ts";
import { expect, headlessOnly, test } from "../pages/story.ts";

// A long talk with pictures, read back to its start. How fast is the bench's to say; here it is what must never be.

/** All of what the promise names: `DUNLIN_MESSAGES=20000`, which takes minutes; in every run enough for many pages. */
const MESSAGES = Number(process.env["DUNLIN_MESSAGES"] ?? 800);
const MOST_ELEMENTS = 1500;
const MOST_PICTURES = 60;
/** Heap of the page, collected, bytes: all of it, and by how much it may grow on the way, with what each message leaves. */
const MOST_HEAP = 40 * 1024 * 1024;
const MOST_GROWTH = 4 * 1024 * 1024 + MESSAGES * 1000;
/** A hand on the wheel from slow to wild, px a frame; the last is further than what is laid out ahead of the view. */
const STEPS = [60, 60, 60, 150, 300, 300, 450];

async function heap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}

test(
  "a long talk with pictures is read back to its start: the line never moves, the page stays small",
  headlessOnly("the heap is asked for by DevTools, of a page itself"),
  async ({ homeserver, begin, page }) => {
    test.setTimeout(120_000 + MESSAGES * 60);
    const { world } = homeserver;
    const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
    const scenes = Array.from({ length: 6 }, (_, seed) => landscapePicture(seed, 360, 240));
    world.sendMany(roomId, MESSAGES, (index) => {
      const sender = Math.floor(index / 4) % 3 === 0 ? "ana" : "ben";
      if (index % 4 !== 1)
        return { sender, content: `talk ${index} ${"and so on ".repeat((index * 13) % 30)}` };
      const bytes = scenes[index % scenes.length] ?? new Uint8Array();
      const url = world.uploadMedia(bytes, "image/png");
      const info = { mimetype: "image/png", size: bytes.length, w: 360, h: 240 };
      return { sender, content: { msgtype: "m.image", body: `view-${index}.png`, url, info } };
    });
    const { dunlin } = await begin();
    await dunlin.connection("live");
    await dunlin.openRoom("Harbour", roomId);
    await expect(dunlin.log.getByText(`talk ${MESSAGES - 1} `)).toBeInViewport();
    await atRest(page, dunlin.log);
    const before = await heap(page);
    const scrolled = await scrollToStart(dunlin.log, STEPS);
    await atRest(page, dunlin.log);
    await expect(dunlin.log.getByText("talk 0 ")).toBeInViewport();
    expect(scrolled.watched).toBeGreaterThan(MESSAGES / 10);
    expect(scrolled.moved, "px by which the line moved although nobody scrolled").toEqual([]);
    expect(scrolled.mostElements).toBeLessThan(MOST_ELEMENTS);
    expect(scrolled.mostPictures).toBeGreaterThan(2);
    expect(scrolled.mostPictures).toBeLessThan(MOST_PICTURES);
    const after = await heap(page);
    expect(after).toBeLessThan(MOST_HEAP);
    expect(after - before).toBeLessThan(MOST_GROWTH);
  },
);
