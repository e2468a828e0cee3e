import type { HostFrame, Topic } from "../../preload/contract/frames.ts";
import type { Topics } from "../../preload/contract/topics.ts";
import type { TopicSources } from "../core/api.ts";
import type { Clock } from "../core/platform.ts";
import { gather } from "./gather.ts";

/** One frame of a 60 Hz screen, in milliseconds: more often than that nobody sees a change. */
export const FRAME_MS = 16;

export interface SubscriptionOptions {
  readonly id: number;
  readonly sources: TopicSources;
  readonly clock: Clock;
  readonly post: (frame: HostFrame) => void;
}

/**
 * Opens a topic: posts its snapshot as number 0, then every change with the next number. The first change after an idle
 * moment goes at once (a key press must reach the screen now); those that follow within a frame are gathered into
 * one. Throws what the source throws. Returns the function that ends it: nothing is posted after that.
 */
export function openSubscription<T extends Topic>(
  topic: T,
  params: Topics[T]["params"],
  { id, sources, clock, post }: SubscriptionOptions,
): () => void {
  let seq = 0;
  let isOpen = true;
  let waiting: Topics[T]["change"][] = [];
  let cancelFrame: (() => void) | null = null;

  const flush = (): void => {
    cancelFrame = null;
    const [first, ...rest] = waiting;
    waiting = [];
    // Nothing came within the frame: idle again.
    if (first === undefined) return;
    cancelFrame = clock.after(FRAME_MS, flush);
    post({ t: "change", id, seq: ++seq, value: gather[topic]([first, ...rest]) });
  };
  const open = sources[topic](params, (change) => {
    if (!isOpen) return;
    waiting.push(change);
    if (cancelFrame === null) flush();
  });
  post({ t: "snapshot", id, seq: 0, value: open.snapshot });

  return () => {
    isOpen = false;
    cancelFrame?.();
    open.stop();
  };
}
