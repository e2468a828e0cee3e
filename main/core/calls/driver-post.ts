import type { MediaEffect } from "../../../preload/contract/models/call.ts";
import type { Clock } from "../platform.ts";
import { DRIVER_GRACE_MS } from "./limits.ts";
import type { MediaStep } from "./state.ts";

// The way to the page's WebRTC driver and back: effects are numbered and kept until performed, reports counted, so that
// a connection that breaks between us loses none and doubles none (models/call.ts says it for the other side).

export interface DriverPost {
  /** Effects the driver has not reported as performed; empty for anybody else. */
  effectsFor(driverId: string): readonly MediaEffect[];
  isDriver(driverId: string): boolean;
  post(step: MediaStep): void;
  performed(driverId: string, through: number): void;
  /** True once for each report of the present driver. */
  isNew(driverId: string, number: number): boolean;
  /** A page watches. Returns what says that it watches no more. */
  attach(driverId: string): () => void;
  stop(): void;
}

export function createDriverPost(deps: { readonly clock: Clock; readonly onGone: () => void }): DriverPost {
  const { clock } = deps;
  let driver: { readonly id: string; watchers: number; reported: number } | null = null;
  let effects: readonly MediaEffect[] = [];
  // Of the time, so that a core that restarts under a living page goes on where the old one ended.
  let number = Math.trunc(clock.now());
  let cancelGrace = (): void => {};

  function gone(): void {
    cancelGrace();
    driver = null;
    // First nobody is the driver, then its calls end: what they post would be for connections that are gone.
    effects = [];
    deps.onGone();
    effects = [];
  }

  const isDriver = (driverId: string): boolean => driver?.id === driverId;

  return {
    isDriver,
    effectsFor: (driverId) => (isDriver(driverId) ? effects : []),
    post(step) {
      number += 1;
      effects = [...effects, { ...step, number }];
    },
    performed(driverId, through) {
      if (isDriver(driverId)) effects = effects.filter((effect) => effect.number > through);
    },
    isNew(driverId, count) {
      if (driver === null || driver.id !== driverId || count <= driver.reported) return false;
      driver.reported = count;
      return true;
    },
    attach(driverId) {
      cancelGrace();
      if (driver !== null && driver.id !== driverId) gone();
      driver ??= { id: driverId, watchers: 0, reported: 0 };
      const mine = driver;
      mine.watchers += 1;
      let isAttached = true;
      return () => {
        if (!isAttached) return;
        isAttached = false;
        mine.watchers -= 1;
        if (driver !== mine || mine.watchers > 0) return;
        // Its connection to us may break for a moment while its calls go on.
        cancelGrace = clock.after(DRIVER_GRACE_MS, gone);
      };
    },
    stop() {
      cancelGrace();
    },
  };
}
