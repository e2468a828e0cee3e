import type { DeviceId, MxcUri, UserId } from "../../../preload/contract/ids.ts";
import { isObject, numberOf, objectOf, stringOf, type JsonObject } from "../event.ts";
import { isUserId } from "../homeserver/login.ts";
import { parseMxc } from "../mxc.ts";
import { parseBaseUrl } from "./address.ts";
import type { ServerApi } from "./versions.ts";

/** The session as it lies in `Platform.secrets`, one JSON text named "session". */
export interface StoredSession extends ServerApi {
  readonly version: 1;
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  /** Base URL of the homeserver, without a trailing slash. */
  readonly homeserver: string;
  /** Null exactly when `state` is soft. */
  readonly accessToken: string | null;
  readonly refreshToken?: string;
  /** When the access token ends, ms since the epoch. */
  readonly expiresAtMs?: number;
  /** Of a session through the OAuth 2.0 API: how it is renewed and ended. */
  readonly oauth?: StoredOAuth;
  /** `soft`: the server wants the password again; everything on this machine is kept (ERR-02). */
  readonly state: "active" | "soft";
  readonly displayName: string | null;
  readonly avatarMxc: MxcUri | null;
}

export interface StoredOAuth {
  readonly issuer: string;
  readonly clientId: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string | null;
  readonly accountManagementUri: string | null;
}

export const SESSION_SECRET = "session";

/** Null for what no version of ours has written. */
export function parseStoredSession(text: string): StoredSession | null {
  const value = parsed(text);
  if (!isObject(value) || value.version !== 1) return null;
  const userId = stringOf(value, "userId");
  const deviceId = stringOf(value, "deviceId");
  const homeserver = parseBaseUrl(value.homeserver);
  const accessToken = stringOf(value, "accessToken");
  const { state, clientApi, mediaApi } = value;
  if (userId === null || !isUserId(userId) || !deviceId || homeserver === null) return null;
  if (state !== "active" && state !== "soft") return null;
  if ((state === "active") !== (accessToken !== null)) return null;
  const refreshToken = stringOf(value, "refreshToken");
  const expiresAtMs = numberOf(value, "expiresAtMs");
  return {
    version: 1,
    userId,
    deviceId: deviceId as DeviceId,
    homeserver,
    accessToken,
    ...(refreshToken === null ? {} : { refreshToken }),
    ...(expiresAtMs === null ? {} : { expiresAtMs }),
    ...oauthIn(value),
    state,
    clientApi: clientApi === "r0" ? "r0" : "v3",
    mediaApi: mediaApi === "legacy" ? "legacy" : "authenticated",
    displayName: stringOf(value, "displayName"),
    avatarMxc: parseMxc(value.avatarMxc),
  };
}

function oauthIn(value: JsonObject): { readonly oauth?: StoredOAuth } {
  const stored = objectOf(value, "oauth");
  const issuer = stringOf(stored, "issuer");
  const clientId = stringOf(stored, "clientId");
  const tokenEndpoint = stringOf(stored, "tokenEndpoint");
  if (issuer === null || clientId === null || tokenEndpoint === null || !URL.canParse(tokenEndpoint))
    return {};
  const optional = (key: string): string | null => {
    const text = stringOf(stored, key);
    return text !== null && URL.canParse(text) ? text : null;
  };
  return {
    oauth: {
      ...{ issuer, clientId, tokenEndpoint },
      revocationEndpoint: optional("revocationEndpoint"),
      accountManagementUri: optional("accountManagementUri"),
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Without anything that lets somebody in: the user, the device and the rooms stay theirs. */
export function softened(session: StoredSession): StoredSession {
  const { refreshToken: _refresh, expiresAtMs: _expires, ...rest } = session;
  return { ...rest, accessToken: null, state: "soft" };
}
