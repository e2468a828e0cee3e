import { numberOf, stringOf } from "../event.ts";
import { ok, type Result } from "../failure.ts";
import { ask } from "./endpoint.ts";
import type { Http } from "./http.ts";
import { path } from "./path.ts";

const MAX_URIS = 16;
/** Ms; a server that names no time is asked again after an hour. */
const DEFAULT_TTL_MS = 3_600_000;

/** `GET /voip/turnServer`; null where the server offers none (an empty object, or 404 from those that never did). */
export async function fetchTurnServer(http: Http): Promise<
  Result<{
    readonly username: string;
    readonly password: string;
    readonly uris: readonly string[];
    readonly ttlMs: number;
  } | null>
> {
  const result = await ask(
    http,
    { method: "GET", path: path`/_matrix/client/v3/voip/turnServer` },
    (answer) => {
      const uris = Array.isArray(answer["uris"]) ? (answer["uris"] as readonly unknown[]) : [];
      const ttl = numberOf(answer, "ttl");
      return {
        username: stringOf(answer, "username") ?? "",
        password: stringOf(answer, "password") ?? "",
        uris: uris.filter(isIceUri).slice(0, MAX_URIS),
        ttlMs: ttl === null || ttl <= 0 ? DEFAULT_TTL_MS : ttl * 1000,
      };
    },
  );
  if (!result.ok && result.failure.kind === "rejected") return ok(null);
  return result;
}

/** Anything else would make the browser refuse them all. */
const isIceUri = (uri: unknown): uri is string =>
  typeof uri === "string" && uri.length <= 512 && /^(turns?|stuns?):[^\s]+$/.test(uri);
