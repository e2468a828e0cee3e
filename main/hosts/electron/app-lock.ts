import type { PowerMonitor } from "electron";
import type { Settings } from "../../../preload/contract/models/settings.ts";
import type { Clock } from "../../core/platform.ts";
import type { DesktopState } from "./desktop-state.ts";

/** Ms between two looks while nothing is due: somebody may have touched the keyboard since. */
const LOOK_AGAIN_MS = 15_000;

export interface AppLockOptions {
  readonly state: DesktopState;
  readonly clock: Clock;
  readonly monitor: Pick<PowerMonitor, "getSystemIdleTime">;
  /** A lock by itself never interrupts a call. */
  readonly isInCall: () => boolean;
  /** It has become locked or open: nobody may go on with what they were served before. */
  readonly onChange: () => void;
}

/** The lock of a profile with a passphrase: shut by the user, with the system's screen, or after a while without anybody. */
export class AppLock {
  readonly #options: AppLockOptions;
  #settings: Pick<Settings, "lockWithScreen" | "lockAfterMinutes"> | null = null;
  #cancel = (): void => undefined;

  constructor(options: AppLockOptions) {
    this.#options = options;
  }

  get isLocked(): boolean {
    return this.#options.state.view.lock.state === "locked";
  }

  /** There is a passphrase, and the app is open. */
  get canLock(): boolean {
    return this.#options.state.view.lock.state === "open";
  }

  /** As the app starts, before anybody is served. */
  begin(reason: "user" | "keyring"): void {
    this.#options.state.set({ lock: { state: "locked", reason } });
  }

  lock(): void {
    this.begin("user");
    this.#options.onChange();
  }

  open(): void {
    this.#options.state.set({ lock: { state: "open" } });
    this.#options.onChange();
  }

  screenLocked(): void {
    if (this.#settings?.lockWithScreen === true) this.#lockUnattended();
  }

  follow(settings: Settings): void {
    const isSame = this.#settings?.lockAfterMinutes === settings.lockAfterMinutes;
    this.#settings = settings;
    if (!isSame) this.#watchIdle();
  }

  stop(): void {
    this.#settings = null;
    this.#cancel();
  }

  #lockUnattended(): void {
    if (this.canLock && !this.#options.isInCall()) this.lock();
  }

  #watchIdle(): void {
    this.#cancel();
    const minutes = this.#settings?.lockAfterMinutes ?? null;
    if (minutes === null) return;
    const { clock, monitor } = this.#options;
    const look = (): void => {
      const left = minutes * 60_000 - monitor.getSystemIdleTime() * 1000;
      if (left <= 0) this.#lockUnattended();
      this.#cancel = clock.after(left > 0 ? left : LOOK_AGAIN_MS, look);
    };
    look();
  }
}
