import type { HomeserverHttp } from "../homeserver/http.ts";
import type { MediaApi } from "../homeserver/media.ts";
import { fetchUploadLimit } from "../homeserver/upload.ts";
import type { Clock } from "../platform.ts";

/** An answer is good for so long, ms; a server's limit changes about never. */
const GOOD_FOR_MS = 3_600_000;
/** A question without an answer is not asked again sooner, ms. */
const PAUSE_MS = 30_000;

export interface UploadLimit {
  /** The most bytes the server takes, as far as known now. */
  readonly current: number | null;
  /** Asks where the answer is old. Without an answer: what was known, or null. */
  load(): Promise<number | null>;
  /** Another server, another limit. */
  forget(): void;
}

export function createUploadLimit(deps: {
  readonly clock: Pick<Clock, "monotonic">;
  readonly http: () => HomeserverHttp | null;
  readonly mediaApi: () => MediaApi;
}): UploadLimit {
  const { clock } = deps;
  let known: number | null = null;
  let goodUntil = Number.NEGATIVE_INFINITY;
  let asking: Promise<number | null> | null = null;

  async function ask(http: HomeserverHttp): Promise<number | null> {
    const answer = await fetchUploadLimit(http, deps.mediaApi());
    if (answer.ok) known = answer.value;
    goodUntil = clock.monotonic() + (answer.ok ? GOOD_FOR_MS : PAUSE_MS);
    return known;
  }

  return {
    get current() {
      return known;
    },
    load() {
      const http = deps.http();
      if (http === null || clock.monotonic() < goodUntil) return Promise.resolve(known);
      return (asking ??= ask(http).finally(() => (asking = null)));
    },
    forget() {
      known = null;
      goodUntil = Number.NEGATIVE_INFINITY;
    },
  };
}
