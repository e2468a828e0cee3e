import { objectOf } from "../event.ts";
import type { Result } from "../failure.ts";
import { ask } from "./endpoint.ts";
import type { Http } from "./http.ts";

/** What a server says it can do. */
export interface ServerVersions {
  /** For example "v1.11", "r0.6.1". */
  readonly versions: readonly string[];
  /** Unstable features it has switched on. */
  readonly unstable: ReadonlySet<string>;
}

/** `GET /versions`, without a token: also the test of whether this is a Matrix server at all. */
export const fetchVersions = (
  http: Http,
  options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
): Promise<Result<ServerVersions>> =>
  ask(http, { method: "GET", path: "/_matrix/client/versions", ...options }, (answer) => {
    if (!Array.isArray(answer.versions)) return null;
    const versions = answer.versions.filter((version) => typeof version === "string");
    const features = Object.entries(objectOf(answer, "unstable_features"));
    return {
      versions,
      unstable: new Set(features.filter(([, isOn]) => isOn === true).map(([name]) => name)),
    };
  });
