import type { UserId } from "../../../preload/contract/ids.ts";
import { stringOf } from "../event.ts";
import type { Result } from "../failure.ts";
import { ask } from "./endpoint.ts";
import type { Http } from "./http.ts";
import { path } from "./path.ts";

const TEN_MINUTES = 600_000;

export interface SyncRequest {
  /** Null for a first sync, which may take minutes. */
  readonly since: string | null;
  /** Filter id, or a filter as JSON text. */
  readonly filter: string;
  /** How long the server may wait for news, in ms. */
  readonly timeoutMs: number;
  readonly setPresence?: "offline" | "online" | "unavailable";
  readonly signal: AbortSignal;
}

/** `GET /sync`. The answer is a JSON object with a next_batch; everything else in it is for `sync/parse.ts`. */
export function fetchSync(http: Http, request: SyncRequest): Promise<Result<unknown>> {
  const { since, filter, timeoutMs, setPresence, signal } = request;
  return ask(
    http,
    {
      method: "GET",
      path: "/_matrix/client/v3/sync",
      query: { since: since ?? undefined, filter, timeout: timeoutMs, set_presence: setPresence },
      timeoutMs: since === null ? TEN_MINUTES : timeoutMs + 30_000,
      // A large answer over a slow line must not be begun again and again.
      bodyTimeoutMs: TEN_MINUTES,
      signal,
    },
    (answer) => (stringOf(answer, "next_batch") ? answer : null),
  );
}

/** `POST /user/{userId}/filter`. Answers the filter's id. */
export function createFilter(
  http: Http,
  { userId, filter }: { readonly userId: UserId; readonly filter: unknown },
): Promise<Result<string>> {
  return ask(
    http,
    { method: "POST", path: path`/_matrix/client/v3/user/${userId}/filter`, body: filter },
    (answer) => stringOf(answer, "filter_id"),
  );
}
