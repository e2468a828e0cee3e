// From the click on "Answer with video" to the caller's first picture: ours calls ours, and matrix-js-sdk calls
// matrix-js-sdk, in turns, in one browser, on one Synapse.
import { chromium, type Page } from "playwright-core";
import { callFlags, chromiumFlags, chromiumPath } from "../launch/chromium.ts";
import type { Caller } from "../pages/call-story.ts";
import { CallTown } from "../pages/call-town.ts";
import type { JsSdkCaller } from "../pages/js-sdk-caller.ts";
import { frozenHost } from "./frozen-build.ts";
import type { Measured } from "./run-parts.ts";
import { percentile } from "./statistics.ts";

const SAMPLES = 20;
const WARM_UP = 2;

/** One run: everybody starts cold. */
export async function callSetup(): Promise<Measured> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error("no Chromium-family browser was found");
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags, ...callFlags] });
  const town = await CallTown.open(browser);
  try {
    const [ana, ben, jo, kim] = [
      await town.person("ana"),
      await town.person("ben"),
      await town.person("jo"),
      await town.person("kim"),
    ];
    const [oursChat, theirsChat] = [await town.chat(ana, ben), await town.chat(jo, kim)];
    // Both kinds speak to Synapse itself.
    const seat = { homeserver: town.synapse.baseUrl, program: frozenHost };
    const ours = [await town.ours(ana, oursChat, seat), await town.ours(ben, oursChat, seat)] as const;
    const theirs = [await town.theirs(jo, theirsChat), await town.theirs(kim, theirsChat)] as const;
    const times = { ours: [] as number[], theirs: [] as number[] };
    for (let index = 0; index < SAMPLES + WARM_UP; index += 1) {
      times.ours.push(await callOurs(...ours));
      times.theirs.push(await callTheirs(...theirs));
    }
    return summarise(times.ours.slice(WARM_UP), times.theirs.slice(WARM_UP));
  } finally {
    await town.close();
    await browser.close();
  }
}

function summarise(ours: readonly number[], theirs: readonly number[]): Measured {
  return {
    "call.p50": percentile(ours, 0.5),
    "call.p95": percentile(ours, 0.95),
    "call.sdk.p50": percentile(theirs, 0.5),
    "call.sdk.p95": percentile(theirs, 0.95),
    "call.ratio.p50": percentile(ours, 0.5) / percentile(theirs, 0.5),
    "call.ratio.p95": percentile(ours, 0.95) / percentile(theirs, 0.95),
  };
}

async function callOurs({ calls: caller }: Caller, { calls: callee }: Caller): Promise<number> {
  await caller.place("video");
  await callee.rings();
  const picture = await firstPicture(callee.page, 'video[aria-label^="Video of"]');
  await callee.answer("video");
  const ms = await picture();
  await Promise.all([caller.isConnected(), callee.isConnected()]);
  await callee.hangUp();
  await caller.isIn("ended");
  return ms;
}

async function callTheirs(caller: JsSdkCaller, callee: JsSdkCaller): Promise<number> {
  await caller.page.locator("#call").click();
  await callee.rings();
  const picture = await firstPicture(callee.page, "#remote video");
  await callee.page.locator("#answer").click();
  const ms = await picture();
  await Promise.all([caller.isConnected(), callee.isConnected()]);
  await callee.hangUp();
  await caller.ended();
  return ms;
}

/** Begins to wait; what it resolves with tells the ms between the next click's own time stamp and the first frame. */
async function firstPicture(page: Page, selector: string): Promise<() => Promise<number>> {
  const waiting = await page.evaluateHandle((wanted) => {
    // matrix-js-sdk's element is there while it rings already; no element of an earlier call gets another frame.
    const known = new Set<Element>();
    const first = Promise.withResolvers<number>();
    let clicked: number | null = null;
    addEventListener("click", ({ timeStamp }) => (clicked ??= timeStamp), { capture: true, once: true });
    const look = (): void => {
      for (const video of document.querySelectorAll<HTMLVideoElement>(wanted)) {
        if (known.has(video)) continue;
        known.add(video);
        video.requestVideoFrameCallback(() => first.resolve(performance.now() - (clicked ?? Number.NaN)));
      }
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { subtree: true, childList: true });
    look();
    void first.promise.then(() => observer.disconnect());
    return { ms: first.promise };
  }, selector);
  return () => waiting.evaluate(({ ms }) => ms);
}
