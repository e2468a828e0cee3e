import type { DeviceId, UserId } from "../../../preload/contract/ids.ts";
import type { LoginFlow } from "../../../preload/contract/models/session.ts";
import { isObject, numberOf, objectOf, stringOf, type JsonObject } from "../event.ts";
import type { Result } from "../failure.ts";
import { oneLine, plainText } from "../text.ts";
import { ask, tell } from "./endpoint.ts";
import type { Http } from "./http.ts";

/** `GET /login`: the ways to sign in, each named once. */
export const fetchLoginFlows = (http: Http): Promise<Result<readonly LoginFlow[]>> =>
  ask(http, { method: "GET", path: "/_matrix/client/v3/login" }, (answer) => {
    if (!Array.isArray(answer.flows)) return null;
    const flows: readonly unknown[] = answer.flows;
    const types = flows.map((flow) => (isObject(flow) ? (stringOf(flow, "type") ?? "") : ""));
    return [...new Set(types)]
      .filter((type) => type !== "")
      .map((type) => ({ type, ...providersOf(flows, type) }));
  });

/** More than this nobody would look through. */
const MOST_PROVIDERS = 30;

/** Whom a single sign-on asks (spec: `identity_providers`); nothing where the flow names nobody. */
function providersOf(flows: readonly unknown[], type: string): Partial<LoginFlow> {
  const flow = flows.find((one) => isObject(one) && one.type === type);
  const list: unknown = isObject(flow) ? flow.identity_providers : undefined;
  if (type !== "m.login.sso" || !Array.isArray(list)) return {};
  const identityProviders = (list as readonly unknown[]).slice(0, MOST_PROVIDERS).flatMap((raw) => {
    const id = isObject(raw) ? stringOf(raw, "id") : null;
    const name = isObject(raw) ? plainText(raw.name, 100) : null;
    return id === null || id === "" || id.length > 255 || name === null
      ? []
      : [{ id, name: oneLine(name, 100) }];
  });
  return identityProviders.length === 0 ? {} : { identityProviders };
}

export interface LoginRequest {
  /** Localpart or full user id (LOG-02). */
  readonly user: string;
  readonly password: string;
  /** To go on with a device that exists. */
  readonly deviceId?: DeviceId;
  readonly deviceName: string;
}

/** The tokens of an answer. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Lifetime of the access token in ms; null when it does not end. */
  readonly expiresInMs: number | null;
}

export interface LoginAnswer extends Tokens {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  /** Base URL the server asks us to use from now on, unchecked; null when it says nothing. */
  readonly baseUrl: string | null;
}

/** `POST /login` with `m.login.password` and an identifier (LOG-01, LOG-03). */
export const login = (http: Http, request: LoginRequest): Promise<Result<LoginAnswer>> =>
  ask(
    http,
    {
      method: "POST",
      path: "/_matrix/client/v3/login",
      body: {
        type: "m.login.password",
        identifier: { type: "m.id.user", user: request.user },
        password: request.password,
        refresh_token: true,
        initial_device_display_name: request.deviceName,
        ...(request.deviceId === undefined ? {} : { device_id: request.deviceId }),
      },
    },
    parseLogin,
  );

/** `POST /login` with `m.login.token`: the end of single sign-on. */
export const loginWithToken = (
  http: Http,
  request: Pick<LoginRequest, "deviceId" | "deviceName"> & { readonly token: string },
): Promise<Result<LoginAnswer>> =>
  ask(
    http,
    {
      method: "POST",
      path: "/_matrix/client/v3/login",
      body: {
        type: "m.login.token",
        token: request.token,
        refresh_token: true,
        initial_device_display_name: request.deviceName,
        ...(request.deviceId === undefined ? {} : { device_id: request.deviceId }),
      },
    },
    parseLogin,
  );

/** The session in an answer to a login or a registration; null where there is none that is whole. */
export function parseLogin(answer: JsonObject): LoginAnswer | null {
  const tokens = parseTokens(answer);
  const userId = stringOf(answer, "user_id");
  const deviceId = stringOf(answer, "device_id");
  if (tokens === null || userId === null || !isUserId(userId)) return null;
  if (deviceId === null || deviceId === "" || deviceId.length > 255) return null;
  const baseUrl = stringOf(objectOf(objectOf(answer, "well_known"), "m.homeserver"), "base_url");
  return { ...tokens, userId, deviceId: deviceId as DeviceId, baseUrl };
}

/** A full user id. The localpart may hold anything but a colon and NUL, historical ones do (TRN-08). */
export const isUserId = (text: string): text is UserId => {
  return text.length <= 255 && /^@[^:\u0000]*:[A-Za-z0-9.:[\]-]+$/u.test(text) && text.isWellFormed();
};

/** `POST /refresh`, without an access token. */
export const refreshToken = (
  http: Http,
  request: { readonly refreshToken: string; readonly signal?: AbortSignal },
): Promise<Result<Tokens>> =>
  ask(
    http,
    {
      method: "POST",
      path: "/_matrix/client/v3/refresh",
      body: { refresh_token: request.refreshToken },
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    },
    parseTokens,
  );

/** The tokens in an answer; null where they are none that can be used. */
export function parseTokens(answer: JsonObject): Tokens | null {
  const accessToken = stringOf(answer, "access_token");
  const refresh = stringOf(answer, "refresh_token");
  const expires = numberOf(answer, "expires_in_ms");
  if (accessToken === null || !isToken(accessToken)) return null;
  return {
    accessToken,
    refreshToken: refresh === "" ? null : refresh,
    expiresInMs: expires === null || expires < 0 ? null : expires,
  };
}

/** Fit for a header: visible ASCII. */
const isToken = (text: string): boolean => /^[\x21-\x7e]{1,16384}$/.test(text);

/** `POST /logout`: ends this device's session on the server. */
export const logout = (http: Http, { timeoutMs }: { readonly timeoutMs: number }): Promise<Result<void>> =>
  tell(http, { method: "POST", path: "/_matrix/client/v3/logout", body: {}, timeoutMs });

/** `GET /account/whoami`. */
export const whoami = (
  http: Http,
): Promise<Result<{ readonly userId: UserId; readonly deviceId: DeviceId | null }>> =>
  ask(http, { method: "GET", path: "/_matrix/client/v3/account/whoami" }, (answer) => {
    const userId = stringOf(answer, "user_id");
    if (userId === null || !isUserId(userId)) return null;
    return { userId, deviceId: stringOf(answer, "device_id") as DeviceId | null };
  });
