import { join } from "node:path";
import { rm } from "node:fs/promises";
import type { UserId } from "../../preload/contract/ids.ts";
import type { Connection } from "../../preload/contract/models/session.ts";
import { createAccounts, type StoredSession } from "./accounts/accounts.ts";
import { discover } from "./accounts/discover.ts";
import type { Core, Handlers } from "./api.ts";
import { aborted, FailureError, valueOf } from "./failure.ts";
import { createLiveTopics } from "./live-topics.ts";
import { createMedia } from "./media/media.ts";
import type { Platform } from "./platform.ts";
import { createSettings } from "./settings/settings.ts";
import { createSignedIn, type SessionHandlers, type SignedIn } from "./signed-in.ts";
import { syncQueries } from "./store/queries/sync.ts";
import { openStore } from "./store/store.ts";

/**
 * The composition root: opens the profile, and starts and stops what runs while somebody is signed in.
 * Throws FailureError when the profile cannot be used (in use, read-only, full, from a newer version).
 */
export async function createCore(platform: Platform): Promise<Core> {
  const store = openStore(platform);
  const accounts = createAccounts(platform);
  await accounts.load();
  const settings = createSettings(store);
  const live = createLiveTopics();
  const connection = valueTopic<Connection>({ state: "signed-out" });
  const media = createMedia({
    platform,
    http: () => (accounts.current() === null ? null : accounts.http()),
    mediaApi: () => accounts.current()?.mediaApi ?? "authenticated",
    dir: join(platform.profileDir, "media"),
  });
  let signedIn: SignedIn | null = null;
  /** Whose session, in what state, `signedIn` was last started or stopped for. */
  let followed: string | null = null;
  /** Starting, stopping and replacing a session happen one after the other. */
  let turn: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => (turn = turn.then(work, work));

  function onConnection(next: Connection): void {
    const isDamaged = next.state === "stopped" && next.failure.problem === "damaged";
    if (isDamaged) void inTurn(replaceDamagedCache);
    else connection.set(next);
  }

  async function begin(session: StoredSession): Promise<void> {
    await ownCache(session.userId);
    signedIn = createSignedIn({ platform, store, accounts, session, settings, onConnection });
    live.attach(signedIn.sources);
    if (session.state !== "active") return;
    connection.set({ state: "starting" });
    signedIn.start();
  }

  /** The cache of somebody else is of no use and none of our business. */
  async function ownCache(userId: UserId): Promise<void> {
    const owner = syncQueries(store.cache).load("user_id");
    if (owner !== null && owner !== userId) await store.replaceCache("remove");
    const queries = syncQueries(store.cache);
    store.cache.transaction(() => {
      queries.put("user_id", userId);
      if (queries.load("epoch") === null) queries.put("epoch", platform.random.token());
    });
  }

  async function end(): Promise<void> {
    await signedIn?.halt();
    signedIn = null;
    live.attach(null);
  }

  /** What the server gave can be had again; queue, drafts and session are elsewhere and stay. */
  async function replaceDamagedCache(): Promise<void> {
    platform.log("error", "cache-damaged");
    await end();
    await store.replaceCache("moveAside");
    const session = accounts.current();
    if (session !== null) await begin(session);
  }

  async function forgetServerData(): Promise<void> {
    await end();
    await store.replaceCache("remove");
    await rm(join(platform.profileDir, "media"), { recursive: true, force: true });
  }

  async function followSession(): Promise<void> {
    const session = accounts.current();
    if (session === null) {
      if (signedIn !== null) await forgetServerData();
      followed = null;
      return connection.set({ state: "signed-out" });
    }
    const { userId, deviceId, state } = session;
    const key = JSON.stringify([userId, deviceId, state]);
    if (key === followed) return; // a new token or a new name: nothing to start or stop
    followed = key;
    if (signedIn !== null && signedIn.userId !== userId) await forgetServerData();
    if (signedIn === null) await begin(session);
    else if (state === "active") signedIn.start();
    if (state === "active") return;
    // Everything stays readable; only the talking stops.
    await signedIn?.halt();
    connection.set({ state: "signed-out-soft" });
  }

  const stopFollowing = accounts.onChange(() => void inTurn(followSession));
  await inTurn(followSession);

  const session = <M extends keyof SessionHandlers>(method: M): Handlers[M] =>
    ((params: never) => {
      if (signedIn === null) throw new FailureError({ ...aborted, message: "nobody is signed in" });
      return (signedIn.handlers[method] as (params: never) => unknown)(params);
    }) as Handlers[M];

  return {
    handlers: {
      discoverServer: async ({ input }) => valueOf(await discover(platform, input)),
      async signIn(params) {
        valueOf(await accounts.signIn(params));
        await turn;
      },
      async signOut() {
        await accounts.signOut();
        await turn;
      },
      sendMessage: session("sendMessage"),
      retrySend: session("retrySend"),
      retryAllSends: session("retryAllSends"),
      deleteSend: session("deleteSend"),
      editSend: session("editSend"),
      paginate: session("paginate"),
      markRead: session("markRead"),
      setTyping: session("setTyping"),
      saveDraft: session("saveDraft"),
      loadEventSource: session("loadEventSource"),
      acceptInvite: session("acceptInvite"),
      declineInvite: session("declineInvite"),
      saveSettings: (params) => settings.save(params.settings),
      networkIsBack: () => signedIn?.poke(),
      openLink: ({ url }) => openLink(platform, url),
    },
    topics: {
      ...live.sources,
      session: (_params, emit) => ({ snapshot: accounts.state(), stop: accounts.onChange(emit) }),
      connection: (_params, emit) => ({ snapshot: connection.current(), stop: connection.watch(emit) }),
      settings: (_params, emit) => settings.open(emit),
    },
    media: (path) => media.open(path),
    async close() {
      stopFollowing();
      await inTurn(end);
      await store.close();
    },
  };
}

/** Only addresses a browser or a mail program should open (XSS-06). */
async function openLink(platform: Platform, text: string): Promise<void> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["https:", "http:", "mailto:"].includes(url.protocol)) {
    throw new FailureError({ kind: "invalid", message: "not an address we open" });
  }
  await platform.openExternal(url.href);
}

/** One value and who watches it. */
function valueTopic<T>(first: T) {
  let current = first;
  const watchers = new Set<(value: T) => void>();
  return {
    current: () => current,
    set(next: T): void {
      current = next;
      for (const emit of watchers) emit(next);
    },
    watch(emit: (value: T) => void): () => void {
      watchers.add(emit);
      return () => void watchers.delete(emit);
    },
  };
}
