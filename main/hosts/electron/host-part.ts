import { FailureError } from "../../core/failure.ts";
import type { Foundation } from "../../../preload/contract/models/desktop.ts";
import type { HostPart } from "../face.ts";
import type { Autostart } from "./autostart.ts";
import type { DesktopState } from "./desktop-state.ts";
import type { Updates } from "./updates.ts";
import type { Vault } from "./vault.ts";

export interface HostPartOptions {
  readonly state: DesktopState;
  readonly autostart: Autostart;
  readonly vault: () => Vault;
  /** Null where this copy does not update itself. */
  readonly updates: () => Updates | null;
  readonly isInCall: () => boolean;
  /** Every page is served anew after it. */
  readonly onLock: () => void;
  readonly onUnlock: () => void;
  /** There is a passphrase now, another one, or none. */
  readonly onPassphrase: () => void;
  /** Answers whether something was saved. */
  readonly saveLogs: () => Promise<boolean>;
  /** How many; null when the user declined. */
  readonly saveCrashReports: () => Promise<number | null>;
  readonly licences: () => Promise<string>;
  /** The file of the licence, or null where there is none. */
  readonly licenceFile: (of: Foundation) => string | null;
  /** Hands a file to the system's program for it. */
  readonly show: (path: string) => Promise<void>;
}

/** The requests of a page that the desktop answers itself. */
export function hostPart(options: HostPartOptions): HostPart {
  const { state, autostart, vault } = options;
  const refuse = (message: string): never => {
    throw new FailureError({ kind: "invalid", message });
  };
  return {
    desktop: state.open,
    handlers: {
      errandDone: ({ number }) => state.done(number),
      setAutostart({ isOn }) {
        if (autostart.isOn() === null) refuse("it cannot be set here");
        autostart.set(isOn);
        state.set({ autostart: autostart.isOn() });
      },
      checkForUpdate: () => options.updates()?.check(),
      restartToUpdate: () => (options.updates() ?? refuse("this copy does not update itself")).restart(),
      lockApp() {
        if (!vault().hasPassphrase()) refuse("there is no passphrase");
        if (options.isInCall()) refuse("a call goes on");
        options.onLock();
      },
      async unlockApp({ passphrase }) {
        const isOpen = await vault().open(passphrase);
        if (isOpen && state.view.lock.state === "locked") options.onUnlock();
        return { isOpen };
      },
      async setPassphrase({ current, next }) {
        // Who finds the app locked must not change what it is locked by.
        if (state.view.lock.state === "locked") refuse("locked");
        const isDone = await vault().setPassphrase(current, next);
        if (isDone) state.set({ lock: { state: vault().hasPassphrase() ? "open" : "none" } });
        if (isDone) options.onPassphrase();
        return { isDone };
      },
      saveLogs: async () => ({ isSaved: await options.saveLogs() }),
      saveCrashReports: async () => ({ saved: await options.saveCrashReports() }),
      loadLicences: async () => ({
        text: await options.licences(),
        beside: (["electron", "chromium"] as const).filter((of) => options.licenceFile(of) !== null),
      }),
      showLicence: ({ of }) =>
        options.show(options.licenceFile(of) ?? refuse("it is not beside the program")),
    },
  };
}
