import type { IceServer } from "../../../preload/contract/models/call.ts";
import { retryDelay, type Result } from "../failure.ts";
import type { Clock, Random } from "../platform.ts";

// The homeserver's TURN servers (VOIP-28): asked for once the server can be reached and again before they expire, so
// that a call never waits for them.

export interface TurnServer {
  readonly username: string;
  readonly password: string;
  readonly uris: readonly string[];
  /** Ms. */
  readonly ttlMs: number;
}

/** Asked only where the homeserver names no server and the user allows it. */
const PUBLIC_STUN = "stun:turn.matrix.org:3478";
/** The part of their life after which they are renewed. */
const RENEW_AT = 0.8;
const RENEW_AT_LEAST_MS = 10_000;
const RENEW_AT_MOST_MS = 12 * 3_600_000;
/** A homeserver without TURN may get some. */
const ASK_AGAIN_MS = 3_600_000;

export interface TurnServers {
  /** Resolves with the servers as soon as the homeserver has been asked once, or after `maxMs`. */
  ready(maxMs: number): Promise<void>;
  current(): readonly IceServer[];
  start(): void;
  stop(): void;
}

export function createTurnServers(deps: {
  readonly clock: Clock;
  readonly random: Random;
  readonly fetch: () => Promise<Result<TurnServer | null>>;
  readonly allowsPublicStun: () => boolean;
  readonly onRenewed: () => void;
}): TurnServers {
  const { clock } = deps;
  let known: { readonly servers: readonly IceServer[]; readonly until: number } | null = null;
  let isStarted = false;
  let failures = 0;
  let cancel = (): void => {};
  const waiting: (() => void)[] = [];

  async function ask(): Promise<void> {
    const result = await deps.fetch();
    if (!isStarted) return;
    const next = result.ok ? taken(result.value) : laterAfter(result.failure);
    cancel = clock.after(next, () => void ask());
  }

  function taken(server: TurnServer | null): number {
    failures = 0;
    const before = JSON.stringify(known?.servers ?? null);
    const ttlMs = server?.ttlMs ?? ASK_AGAIN_MS;
    const servers = server === null || server.uris.length === 0 ? [] : [iceServer(server)];
    known = { servers, until: clock.monotonic() + ttlMs };
    for (const resolve of waiting.splice(0)) resolve();
    if (before !== JSON.stringify(servers)) deps.onRenewed();
    if (servers.length === 0) return ASK_AGAIN_MS;
    return Math.min(Math.max(ttlMs * RENEW_AT, RENEW_AT_LEAST_MS), RENEW_AT_MOST_MS);
  }

  function laterAfter(failure: Parameters<typeof retryDelay>[0]): number {
    failures += 1;
    return retryDelay(failure, failures, deps.random.fraction()) ?? ASK_AGAIN_MS;
  }

  return {
    ready: (maxMs) =>
      known !== null
        ? Promise.resolve()
        : new Promise((resolve) => {
            const give = clock.after(maxMs, resolve);
            waiting.push(() => {
              give();
              resolve();
            });
          }),
    current() {
      const isFresh = known !== null && known.until > clock.monotonic();
      const servers = isFresh ? (known?.servers ?? []) : [];
      if (servers.length > 0 || !deps.allowsPublicStun()) return servers;
      return [{ urls: [PUBLIC_STUN] }];
    },
    start() {
      if (isStarted) return;
      isStarted = true;
      void ask();
    },
    stop() {
      isStarted = false;
      cancel();
    },
  };
}

const iceServer = ({ uris, username, password }: TurnServer): IceServer => ({
  urls: uris,
  username,
  credential: password,
});
