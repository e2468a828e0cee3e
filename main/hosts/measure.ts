import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Core } from "../core/api.ts";

/** How often the event loop is asked for its delay, ms; this much is in every value and taken off again. */
const RESOLUTION = 1;

/**
 * For the bench (`DUNLIN_MEASURE=1`): says after every catching up how long it took to apply what the server answered and
 * how late the event loop was meanwhile, as one line `measure {…}`; all in ms.
 */
export function measureSyncs(core: Pick<Core, "topics">, say: (line: string) => void): void {
  const asking = monitorEventLoopDelay({ resolution: RESOLUTION });
  const applying = monitorEventLoopDelay({ resolution: RESOLUTION });
  let begin: number | null = null;
  let isFirst = false;
  let isAsking = false;
  core.topics.connection(null, (connection) => {
    if (connection.state === "catching-up" && connection.progress === null) {
      isFirst = connection.isFirst;
      isAsking = true;
      asking.reset();
      asking.enable();
    }
    // Only a first sync has a progress; 0 is the parsed answer.
    if (connection.state === "catching-up" && connection.progress === 0) {
      begin = performance.now();
      applying.reset();
      applying.enable();
    }
    if (connection.state !== "live" || !isAsking) return;
    isAsking = false;
    // The histogram learns of a delay when the timer after it fires: not before the loop has turned.
    setTimeout(() => {
      asking.disable();
      applying.disable();
    }, 5);
    const applyMs = begin === null ? null : performance.now() - begin;
    begin = null;
    setTimeout(() => {
      const applyDelay = {
        p50: beyond(applying.percentile(50)),
        p99: beyond(applying.percentile(99)),
        max: beyond(applying.max),
      };
      const longestDelay = beyond(asking.max);
      say(`measure ${JSON.stringify({ isFirst, applyMs, applyDelay, longestDelay })}`);
    }, 10);
  });
}

/** Nanoseconds of the histogram as ms of delay. */
const beyond = (ns: number): number => Math.max(0, ns / 1e6 - RESOLUTION);
