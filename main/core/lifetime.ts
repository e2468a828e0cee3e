import type { Connection } from "../../preload/contract/models/session.ts";
import type { UserId } from "../../preload/contract/ids.ts";
import type { Accounts, StoredSession } from "./accounts/accounts.ts";
import { FailureError, toFailure, type Failure } from "./failure.ts";
import { createForgetting } from "./forgetting.ts";
import type { LiveTopics } from "./live-topics.ts";
import type { Attachments } from "./media/attachments.ts";
import type { Media } from "./media/media.ts";
import type { Platform } from "./platform.ts";
import type { SettingsTopic } from "./settings/settings.ts";
import { createSignedIn, type SignedIn } from "./signed-in.ts";
import { syncQueries } from "./store/queries/sync.ts";
import type { Store } from "./store/store.ts";
import type { ValueTopic } from "./value-topic.ts";

// Starts, stops and replaces what runs for a session. One thing at a time, in the order asked: a session may begin
// and end, be taken over by another person, and find the cache damaged under it, and none of these may overlap.

/** A disk that damages every new file is not helped by another one. */
const MAX_REPLACEMENTS = 3;

export interface LifetimeDeps {
  readonly platform: Platform;
  readonly store: Store;
  readonly accounts: Accounts;
  readonly settings: SettingsTopic;
  readonly media: Media;
  readonly attachments: Attachments;
  readonly live: LiveTopics;
  readonly connection: ValueTopic<Connection>;
}

export interface Lifetime {
  /** What runs now; null when nobody is signed in. */
  readonly signedIn: SignedIn | null;
  /** Makes what runs follow from `accounts.current()`. Never rejects: what goes wrong is told by `connection`. */
  follow(): Promise<void>;
  /** Rejects where somebody who signed out could not be forgotten yet: nobody else may sign in over them. */
  readyForSignIn(): Promise<void>;
  /** Ends the session by the wish of the user, and removes everything of theirs from this profile. */
  signOut(): Promise<void>;
  /**
   * Removes what the server can give again and asks for it anew; session, queue, drafts and settings stay. Resolves when
   * asking has begun. Throws FailureError when the disk refuses.
   */
  resetCache(): Promise<void>;
  /** The network is said to be back, or the user asks to try again. */
  tryAgain(): void;
  close(): Promise<void>;
}

export function createLifetime(deps: LifetimeDeps): Lifetime {
  const { platform, store, accounts, media, live, connection } = deps;
  const forgetting = createForgetting(store);
  let signedIn: SignedIn | null = null;
  /** Whose session, in what state, `signedIn` was last started or stopped for. */
  let followed: string | null = null;
  let isCacheDamaged = false;
  let replacements = 0;
  let isClosed = false;
  let closing: Promise<void> | null = null;
  let turn: Promise<void> = Promise.resolve();

  /** Queues a step. What it throws stops the connection visibly, until somebody tries again. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    turn = turn.then(work).catch((error: unknown) => {
      const failure = toFailure(error);
      platform.log("error", "session-step-failed", { kind: failure.kind, problem: failure.problem });
      followed = null;
      // A damaged cache is about to be replaced: nothing the user could do about it.
      if (!isCacheDamaged) connection.set({ state: "stopped", failure });
    });
    return turn;
  }

  /** Until the queue of steps is empty, those included that the steps themselves have queued. */
  async function settled(): Promise<void> {
    for (let seen: Promise<void> | null = null; seen !== turn;) {
      seen = turn;
      await seen;
    }
  }

  store.onCacheDamaged(() => {
    if (isCacheDamaged || isClosed || replacements >= MAX_REPLACEMENTS) return;
    isCacheDamaged = true;
    replacements += 1;
    void inTurn(replaceDamagedCache);
  });

  async function begin(session: StoredSession): Promise<void> {
    await ownCache(session.userId);
    signedIn = createSignedIn({
      platform,
      store,
      accounts,
      session,
      settings: deps.settings,
      media,
      attachments: deps.attachments,
      forgetMedia: (mxcs) => void media.forget(mxcs),
      onConnection: (next) => {
        if (!isCacheDamaged) connection.set(next);
      },
    });
    live.attach(signedIn.sources);
    if (session.state !== "active") return;
    connection.set({ state: "starting" });
    signedIn.start();
  }

  /** The cache of somebody else is of no use and none of our business. */
  async function ownCache(userId: UserId): Promise<void> {
    // A replacement that failed half-way (a full disk) left none.
    if (!store.cache.isOpen) await store.replaceCache("remove");
    const owner = syncQueries(store.cache).load("user_id");
    if (owner !== null && owner !== userId) await forgetServerData();
    const queries = syncQueries(store.cache);
    store.cache.transaction(() => {
      queries.put("user_id", userId);
      if (queries.load("epoch") === null) queries.put("epoch", platform.random.token());
    });
  }

  async function end(): Promise<void> {
    const ending = signedIn;
    signedIn = null;
    try {
      await ending?.halt();
    } finally {
      live.attach(null);
    }
  }

  /** What the server gave can be had again; queue, drafts and session are elsewhere and stay. */
  async function replaceDamagedCache(): Promise<void> {
    platform.log("error", "cache-damaged");
    await end();
    await store.replaceCache("moveAside");
    isCacheDamaged = false;
    followed = null;
    await follow();
  }

  async function forgetServerData(): Promise<void> {
    await end();
    await store.replaceCache("remove");
    await media.clear();
  }

  /** Nobody is signed in: nothing of the server's stays, and nothing at all where the user wished so. */
  async function clear(): Promise<void> {
    const { reason } = signedOutState(accounts);
    const owner = store.cache.isOpen ? syncQueries(store.cache).load("user_id") : null;
    // A keyring that is closed today may be open tomorrow, and then all is as it was.
    if (signedIn !== null || (owner !== null && reason !== "secrets-lost")) await forgetServerData();
    forgetting.finish();
    void deps.attachments.staging.sweep();
  }

  async function follow(): Promise<void> {
    if (isClosed) return;
    const session = accounts.current();
    if (session === null) {
      await clear();
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

  async function signOut(): Promise<void> {
    const session = accounts.current();
    // Written down first: a kill from here on is a sign-out that the next start finishes.
    if (session !== null) forgetting.begin(session.userId);
    await accounts.signOut();
    await settled();
    demandNobodyDue();
  }

  /** Throws where somebody signed out and could not be forgotten yet: the disk refuses. */
  function demandNobodyDue(): void {
    if (!forgetting.isDue()) return;
    const stopped = connection.current();
    throw new FailureError(stopped.state === "stopped" ? stopped.failure : notForgotten);
  }

  async function followInTurn(): Promise<void> {
    void inTurn(async () => {
      // The sign-out that a kill has interrupted.
      if (forgetting.isDue() && accounts.current() !== null) await accounts.signOut();
      await follow();
    });
    await settled();
  }

  return {
    get signedIn() {
      return signedIn;
    },
    follow: followInTurn,
    async readyForSignIn() {
      if (forgetting.isDue()) await followInTurn();
      demandNobodyDue();
    },
    signOut,
    async resetCache() {
      let refused: unknown = null;
      void inTurn(async () => {
        platform.log("info", "cache-reset");
        followed = null;
        try {
          await forgetServerData();
        } catch (error) {
          refused = error;
        }
        await follow();
      });
      await settled();
      if (refused !== null) throw new FailureError(toFailure(refused), { cause: refused });
    },
    tryAgain() {
      if (signedIn === null || followed === null) void inTurn(follow);
      else signedIn.poke();
    },
    close: () =>
      (closing ??= (async () => {
        isClosed = true;
        await inTurn(end);
        await store.close();
      })()),
  };
}

const notForgotten: Failure = {
  kind: "storage",
  problem: "other",
  message: "not everything could be removed",
};

function signedOutState(accounts: Accounts) {
  const state = accounts.state();
  return { reason: state.state === "signed-out" ? state.reason : null };
}
