import type { ClientApi } from "../homeserver/http.ts";
import type { MediaApi } from "../homeserver/media.ts";
import type { ServerVersions } from "../homeserver/versions.ts";

/** Which prefixes to use with a server (TRN-04). */
export interface ServerApi {
  readonly clientApi: ClientApi;
  readonly mediaApi: MediaApi;
}

/** What we and the server have in common, or null when that is nothing: any v1.x, or r0.6 and later. Pure. */
export function negotiate({ versions, unstable }: ServerVersions): ServerApi | null {
  const minors = (pattern: RegExp): number[] =>
    versions.flatMap((version) => {
      const minor = pattern.exec(version)?.[1];
      return minor === undefined ? [] : [Number(minor)];
    });
  const v1 = minors(/^v1\.(\d{1,4})$/);
  const hasLegacyClientApi = minors(/^r0\.(\d{1,4})(?:\.\d+)?$/).some((minor) => minor >= 6);
  if (v1.length === 0 && !hasLegacyClientApi) return null;
  const isAuthenticated = v1.some((minor) => minor >= 11) || unstable.has("org.matrix.msc3916.stable");
  return {
    clientApi: v1.length > 0 ? "v3" : "r0",
    mediaApi: isAuthenticated ? "authenticated" : "legacy",
  };
}
