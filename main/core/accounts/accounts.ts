import type { MxcUri, UserId } from "../../../preload/contract/ids.ts";
import type { Session, SignedOutReason } from "../../../preload/contract/models/session.ts";
import { Emitter } from "../../lib/emitter.ts";
import { failed, invalid, ok, toFailure, type Failure, type Result } from "../failure.ts";
import type { Authorise } from "../homeserver/authorise.ts";
import { createHttp, type HomeserverHttp } from "../homeserver/http.ts";
import { refreshToken, type Tokens } from "../homeserver/login.ts";
import { fetchOAuthTokens } from "../homeserver/oauth.ts";
import type { Platform } from "../platform.ts";
import { probeVersions } from "./discover.ts";
import { sessionTopic } from "./session-topic.ts";
import { endSession, openSession, tokensToStore, type SignInParams } from "./sign-in.ts";
import {
  parseStoredSession,
  SESSION_SECRET,
  softened,
  type StoredOAuth,
  type StoredSession,
} from "./stored-session.ts";

export type { SignInParams } from "./sign-in.ts";
export type { StoredSession } from "./stored-session.ts";

/** The one session of this profile: kept in the host's secrets, renewed, ended. */
export interface Accounts {
  /** Reads the stored session; no network. Call once, first. */
  load(): Promise<void>;
  /** The session, also a soft-signed-out one; null when nobody is signed in. */
  current(): StoredSession | null;
  /** The `session` topic. */
  state(): Session;
  /** Called after each change of `state`. Returns the function that stops listening. */
  onChange(listener: (session: Session) => void): () => void;
  /** When it answers well, the session is stored and in use. */
  signIn(params: SignInParams): Promise<Result<void>>;
  /** Stores and uses a session that was opened otherwise; one that cannot be kept is ended on the server. */
  adopt(session: StoredSession): Promise<Result<void>>;
  /** Tells the server, where it can be reached within seconds, and ends the session here in every case. */
  signOut(): Promise<void>;
  /** What an `unauthorized` failure of a signed-in request means; any other failure is ignored (ERR-01, ERR-02). */
  handleUnauthorized(failure: Failure): Promise<void>;
  /**
   * Requests of the signed-in user; they fail as `unauthorized` without a status while there is no token. One object
   * per user: it goes on working after a soft sign-out and a new sign-in.
   */
  http(): HomeserverHttp;
  /** What the homeserver says about the user themselves; stored, so that it is there at a start without network. */
  setProfile(profile: {
    readonly displayName: string | null;
    readonly avatarMxc: MxcUri | null;
  }): Promise<void>;
  /** Asks the server again which versions it speaks: it may have been updated since the sign-in. */
  renewVersions(): Promise<void>;
}

/** A token is renewed this long before its end. */
const EXPIRY_MARGIN_MS = 60_000;
/** After an early refresh that failed, nobody tries another one for so long; a 401 still does. */
const EARLY_PAUSE_MS = 30_000;

export function createAccounts(platform: Platform): Accounts {
  const { secrets, clock, log } = platform;
  const changes = new Emitter<Session>();
  let session: StoredSession | null = null;
  let reason: SignedOutReason | null = null;
  let client: { readonly http: HomeserverHttp; readonly key: string } | null = null;
  let facade: { readonly http: HomeserverHttp; readonly userId: UserId } | null = null;
  /** Ends what the session has under way when it ends. */
  let ending = new AbortController();
  let pausedUntil = 0;
  let line: Promise<unknown> = Promise.resolve();

  /** One after the other: two changes of the secret must never overtake each other. */
  const exclusive = <T>(work: () => Promise<T>): Promise<T> => {
    const result = line.then(work);
    line = result.catch(() => undefined);
    return result;
  };
  const state = (): Session => sessionTopic(session, reason, secrets.backend);
  const become = (next: StoredSession | null, why: SignedOutReason | null = null): void => {
    session = next;
    reason = why;
    changes.emit(state());
  };
  /** Durable first, in use afterwards. */
  const store = async (next: StoredSession): Promise<Result<void>> => {
    try {
      await secrets.save(SESSION_SECRET, JSON.stringify(next));
    } catch (error) {
      return failed(asStorage(error));
    }
    become(next);
    return ok(undefined);
  };
  const forget = async (why: SignedOutReason): Promise<void> => {
    ending.abort();
    ending = new AbortController();
    become(null, why);
    try {
      await secrets.remove(SESSION_SECRET);
    } catch (error) {
      // The token is dead on the server, or will be found so at the next start.
      log("error", "session-not-removed", { message: asStorage(error).message });
    }
  };

  const refresh = (rejected: string): Promise<Result<string>> =>
    exclusive(async () => {
      const before = session;
      if (before === null || before.accessToken === null) return failed(invalid("no session"));
      if (before.accessToken !== rejected) return ok(before.accessToken);
      if (before.refreshToken === undefined) return failed(invalid("nothing to refresh with"));
      const { homeserver: baseUrl, clientApi } = before;
      const http = createHttp({ platform, baseUrl, authorise: null, clientApi });
      const { refreshToken: token, oauth } = before;
      const answer =
        oauth === undefined
          ? await refreshToken(http, { refreshToken: token, signal: ending.signal })
          : keeping(token, await renewOAuth(platform, oauth, token));
      if (!answer.ok) {
        pausedUntil = clock.monotonic() + EARLY_PAUSE_MS;
        return refusedRefresh(answer.failure);
      }
      if (session !== before) return failed(invalid("no session"));
      const { expiresAtMs: _ended, ...kept } = before;
      const stored = await store({ ...kept, ...tokensToStore(answer.value, clock.now()) });
      return stored.ok ? ok(answer.value.accessToken) : stored;
    });

  /** Bound to one session: a request left over from a former one must not carry the next one's token. */
  const authoriseFor = (key: string): Authorise => ({
    token: () => (session !== null && keyOf(session) === key ? session.accessToken : null),
    refresh,
    isExpiring: () =>
      session?.refreshToken !== undefined &&
      session.expiresAtMs !== undefined &&
      session.expiresAtMs - EXPIRY_MARGIN_MS <= clock.now() &&
      clock.monotonic() >= pausedUntil,
  });

  const currentClient = (): HomeserverHttp => {
    if (session === null) return signedOutHttp;
    const key = keyOf(session);
    const { homeserver: baseUrl, clientApi } = session;
    if (client?.key !== key)
      client = { key, http: createHttp({ platform, baseUrl, clientApi, authorise: authoriseFor(key) }) };
    return client.http;
  };
  /** Follows one user through new tokens, devices and addresses, never to another user: a queue is nobody else's. */
  const httpOf = (userId: UserId): HomeserverHttp => {
    const now = (): HomeserverHttp => (session?.userId === userId ? currentClient() : signedOutHttp);
    return { request: (options) => now().request(options), download: (options) => now().download(options) };
  };

  return {
    load: () =>
      exclusive(async () => {
        try {
          const text = await secrets.load(SESSION_SECRET);
          const stored = text === null ? null : parseStoredSession(text);
          // What cannot be read is left where it is: a keyring may be open at the next start.
          become(stored, text !== null && stored === null ? "secrets-lost" : null);
        } catch (error) {
          log("error", "session-not-readable", { message: asStorage(error).message });
          become(null, "secrets-lost");
        }
      }),
    current: () => session,
    state,
    onChange: (listener) => changes.on(listener),
    signIn: (params) =>
      exclusive(async () => {
        if (session?.state === "active") return failed(invalid("signed in already"));
        const opened = await openSession(platform, params, session);
        if (!opened.ok) return opened;
        const stored = await store(opened.value);
        if (!stored.ok) await endSession(platform, opened.value);
        return stored;
      }),
    adopt: (opened) =>
      exclusive(async () => {
        const problem = session === null ? null : problemOfTaking(opened, session);
        const stored = problem === null ? await store(opened) : failed(invalid(problem));
        if (!stored.ok) await endSession(platform, opened);
        return stored;
      }),
    signOut: () => {
      // A refresh that hangs must not hold up the way out.
      ending.abort();
      return exclusive(async () => {
        ending = new AbortController();
        if (session === null) return;
        if (session.accessToken !== null) await endSession(platform, session);
        await forget("user");
      });
    },
    handleUnauthorized: (failure) =>
      exclusive(async () => {
        // Without a status it is our own word, not the server's.
        if (failure.kind !== "unauthorized" || failure.status === undefined || session?.state !== "active")
          return;
        log("info", "session-ended-by-server", { soft: failure.soft === true, errcode: failure.errcode });
        if (failure.soft !== true) return forget("server");
        const soft = softened(session);
        // The server has ended it, whether or not our disk can take note.
        if (!(await store(soft)).ok) become(soft);
      }),
    http: () => {
      if (session === null) return signedOutHttp;
      if (facade?.userId !== session.userId)
        facade = { userId: session.userId, http: httpOf(session.userId) };
      return facade.http;
    },
    setProfile: (profile) =>
      exclusive(async () => {
        if (session === null) return;
        if (session.displayName === profile.displayName && session.avatarMxc === profile.avatarMxc) return;
        const next = { ...session, displayName: profile.displayName, avatarMxc: profile.avatarMxc };
        if (!(await store(next)).ok) become(next);
      }),
    renewVersions: () =>
      exclusive(async () => {
        const before = session;
        if (before?.state !== "active") return;
        const api = await probeVersions(platform, before.homeserver);
        const isSame =
          api.ok && api.value.clientApi === before.clientApi && api.value.mediaApi === before.mediaApi;
        if (api.ok && !isSame && session === before) await store({ ...before, ...api.value });
      }),
  };
}

/** Why a session cannot take the place of the one there is; null: it can (a soft-signed-out one of the same person). */
const problemOfTaking = (next: StoredSession, { state, userId }: StoredSession): string | null => {
  if (state === "active") return "signed in already";
  return next.userId === userId ? null : "another-account";
};

const renewOAuth = (platform: Platform, { tokenEndpoint, clientId }: StoredOAuth, token: string) =>
  fetchOAuthTokens(platform, tokenEndpoint, {
    grant_type: "refresh_token",
    refresh_token: token,
    client_id: clientId,
  });

/** An authorisation server that gives no new refresh token lets the old one go on. */
const keeping = (token: string, answer: Result<Tokens>): Result<Tokens> =>
  answer.ok ? ok({ ...answer.value, refreshToken: answer.value.refreshToken ?? token }) : answer;

const keyOf = ({ homeserver, userId, deviceId, clientApi }: StoredSession): string =>
  JSON.stringify([homeserver, userId, deviceId, clientApi]);

const signedOut: Failure = { kind: "unauthorized", message: "no session", soft: true };
const signedOutHttp: HomeserverHttp = {
  request: () => Promise.resolve(failed(signedOut)),
  download: () => Promise.resolve(failed(signedOut)),
};

/** A refresh the server refused ends the session; softly unless it says otherwise. Passing failures stay what they are. */
function refusedRefresh(failure: Failure): Result<string> {
  if (failure.kind !== "rejected") return failed(failure);
  // 403 or 404 from something that is no longer our server's word on the token: the access token's refusal stands.
  return failed(invalid(failure.message));
}

const asStorage = (error: unknown): Failure => {
  const failure = toFailure(error);
  return failure.kind === "storage"
    ? failure
    : { kind: "storage", message: failure.message, problem: "other" };
};
