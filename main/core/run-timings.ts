import type { Connection } from "../../preload/contract/models/session.ts";
import type { Clock } from "./platform.ts";

/** What the diagnostics say of how quick this run is; ms, null while it has not happened. */
export interface RunTimings {
  /** How long the core needed to open, and since when it has been open. */
  readonly openingMs: number;
  readonly openForMs: number;
  /** From being open until everything was up to date for the first time. */
  readonly firstLiveMs: number | null;
  /** How often the connection was lost since then, and how long the last coming back took. */
  readonly timesLost: number;
  readonly lastReturnMs: number | null;
}

export interface RunWatch {
  connectionIs(connection: Connection): void;
  timings(): RunTimings;
}

/** Begins with the opening of the core; `opened` says that it is open. */
export function watchRun(clock: Pick<Clock, "monotonic">): RunWatch & { opened(): void } {
  const begun = clock.monotonic();
  let openedAt = begun;
  let firstLiveMs: number | null = null;
  let lastReturnMs: number | null = null;
  let lostAt: number | null = null;
  let timesLost = 0;
  return {
    opened: () => void (openedAt = clock.monotonic()),
    connectionIs({ state }) {
      const now = clock.monotonic();
      if (state === "live") {
        firstLiveMs ??= now - begun;
        if (lostAt !== null) lastReturnMs = now - lostAt;
        lostAt = null;
      } else if (state === "offline" && lostAt === null && firstLiveMs !== null) {
        lostAt = now;
        timesLost += 1;
      }
    },
    timings: () => ({
      openingMs: openedAt - begun,
      openForMs: clock.monotonic() - openedAt,
      ...{ firstLiveMs, timesLost, lastReturnMs },
    }),
  };
}
