import type { Core, Handlers, TopicSources, CoreHandlers, CoreTopics } from "../core/api.ts";
import { FailureError } from "../core/failure.ts";
import type { HostRequests } from "../../preload/contract/models/desktop.ts";
import { noDesktop } from "../../preload/contract/models/desktop.ts";

/** All that a page may ask and watch. */
export interface Face {
  readonly handlers: Handlers;
  /** Those of one account, whichever is shown. */
  handlersOf(accountId: string): Handlers;
  readonly topics: TopicSources;
}

/** The host's own part of it. */
export interface HostPart {
  readonly handlers: Pick<Handlers, keyof HostRequests>;
  readonly desktop: TopicSources["desktop"];
}

/** The core's answers and the host's as one. What the core gains later is seen too: its objects are looked up, not copied. */
export function withHost(core: Pick<Core, "handlers" | "handlersOf" | "topics">, host: HostPart): Face {
  const withOwn = (handlers: CoreHandlers): Handlers =>
    Object.assign(Object.create(handlers) as Handlers, host.handlers);
  return {
    handlers: withOwn(core.handlers),
    handlersOf: (accountId) => withOwn(core.handlersOf(accountId)),
    topics: Object.assign(Object.create(core.topics) as TopicSources, { desktop: host.desktop }),
  };
}

const notHere = (): never => {
  throw new FailureError({ kind: "invalid", message: "only the desktop app can do this" });
};

/** In a browser window there is no desktop around the page; what is in our own bundles can be said all the same. */
export const noDesktopHost = (licences: () => Promise<string>): HostPart => ({
  handlers: {
    errandDone: () => undefined,
    setAutostart: notHere,
    checkForUpdate: notHere,
    restartToUpdate: notHere,
    lockApp: notHere,
    unlockApp: notHere,
    setPassphrase: notHere,
    saveLogs: notHere,
    saveCrashReports: notHere,
    loadLicences: async () => ({ text: await licences(), beside: [] }),
    showLicence: notHere,
  },
  desktop: () => ({ snapshot: noDesktop, stop: () => undefined }),
});

const refuse = (): never => {
  throw new FailureError({ kind: "aborted", message: "locked" });
};

/** What a page says as it is left. */
const lastWords: ReadonlySet<PropertyKey> = new Set<keyof CoreHandlers>([
  "saveDraft",
  "saveDraftAttachments",
  "attend",
]);

/**
 * The same face, for a page that was opened before the lock: from then on, until it is gone, it may put away what is
 * being typed and nothing else.
 */
export function untilLocked(face: Face, isLocked: () => boolean): Face {
  const guarded = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (_target, name) => (isLocked() && !lastWords.has(name) ? refuse : Reflect.get(target, name)),
    });
  return {
    handlers: guarded(face.handlers),
    handlersOf: (accountId) => guarded(face.handlersOf(accountId)),
    topics: guarded(face.topics),
  };
}

/** While the app is locked: what the host itself answers, and nothing else. */
export function lockedFace(host: HostPart): Face {
  const refuseAll = new Proxy({}, { get: () => refuse }) as CoreHandlers & CoreTopics;
  return withHost({ handlers: refuseAll, handlersOf: () => refuseAll, topics: refuseAll }, host);
}
