import { createHash } from "node:crypto";
import { ok, type Answer, type Call } from "./call.ts";
import { MatrixError, notFound } from "./matrix-error.ts";
import { route, type Route } from "./router.ts";
import { closeDevice, issueToken, noteUse, openSession } from "./sessions.ts";

// Signing in on a page in the browser: single sign-on and the OAuth 2.0 API. The page itself says yes at once, in the
// name of `browserUser`; a test is the browser.

/** What the page in the browser does, and what was asked of it. */
export interface BrowserLogin {
  /** Who is at the browser; null: they say no. */
  user: string | null;
  /** The server has the OAuth 2.0 API. */
  hasOAuth: boolean;
  /** Login token -> localpart. */
  readonly loginTokens: Map<string, string>;
  /** Client id -> its metadata. */
  readonly clients: Map<string, Record<string, unknown>>;
  /** Code -> the question it answers. */
  readonly codes: Map<string, URLSearchParams>;
}

/** Nobody at the browser yet. */
export const newBrowserLogin = (): BrowserLogin => ({
  user: null,
  hasOAuth: false,
  loginTokens: new Map(),
  clients: new Map(),
  codes: new Map(),
});

const redirect = (location: URL): Answer => ({
  status: 302,
  bytes: Buffer.alloc(0),
  headers: { Location: location.href },
});

function ssoRedirect(call: Call): Answer {
  const { state, browser } = call.site;
  const back = new URL(call.query.get("redirectUrl") ?? "");
  if (browser.user === null) return ok({});
  const token = state.ids.next(24);
  browser.loginTokens.set(token, browser.user);
  back.searchParams.set("loginToken", token);
  return redirect(back);
}

/** The localpart a login token stands for; each works once. */
export function redeem(browser: BrowserLogin, token: unknown): string {
  const user = browser.loginTokens.get(String(token));
  if (user === undefined) throw new MatrixError(403, "M_FORBIDDEN", "Invalid login token");
  browser.loginTokens.delete(String(token));
  return user;
}

function metadata(call: Call): Answer {
  if (!call.site.browser.hasOAuth) throw new MatrixError(404, "M_UNRECOGNIZED", "No OAuth here");
  const base = `${call.site.baseUrl()}/oauth2`;
  return ok({
    issuer: `${call.site.baseUrl()}/`,
    authorization_endpoint: `${base}/authorize`,
    token_endpoint: `${base}/token`,
    registration_endpoint: `${base}/register`,
    revocation_endpoint: `${base}/revoke`,
    account_management_uri: `${base}/account`,
    response_types_supported: ["code"],
    response_modes_supported: ["query", "fragment"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    code_challenge_methods_supported: ["S256"],
    prompt_values_supported: ["create"],
  });
}

function registerClient(call: Call): Answer {
  const body = call.json;
  const uris = body["redirect_uris"];
  const isNative = body["application_type"] === "native" && body["token_endpoint_auth_method"] === "none";
  // A loopback address is registered without a port (spec: Redirect URI validation).
  const isLoopback =
    Array.isArray(uris) && uris.every((uri) => /^http:\/\/127\.0\.0\.1\/[\w-]+$/.test(String(uri)));
  if (!isNative || !isLoopback || typeof body["client_uri"] !== "string")
    return { status: 400, json: { error: "invalid_redirect_uri" } };
  const clientId = call.site.state.ids.next(12);
  call.site.browser.clients.set(clientId, body);
  return { status: 201, json: { ...body, client_id: clientId } };
}

function authorize(call: Call): Answer {
  const { browser, state } = call.site;
  const { query } = call;
  const client = browser.clients.get(query.get("client_id") ?? "");
  const back = new URL(query.get("redirect_uri") ?? "");
  const registered = `${back.protocol}//${back.hostname}${back.pathname}`;
  const uris = (client?.["redirect_uris"] ?? []) as string[];
  if (!uris.includes(registered) || query.get("response_type") !== "code") throw notFound("No such client");
  back.searchParams.set("state", query.get("state") ?? "");
  if (browser.user === null) {
    back.searchParams.set("error", "access_denied");
    return redirect(back);
  }
  const code = state.ids.next(24);
  browser.codes.set(code, query);
  back.searchParams.set("code", code);
  return redirect(back);
}

const refuse = (error: string): Answer => ({ status: 400, json: { error } });

function token(call: Call): Answer {
  const form = new URLSearchParams(call.bytes.toString("utf8"));
  const grant = form.get("grant_type");
  if (grant === "refresh_token") return renew(call, form);
  return grant === "authorization_code" ? exchangeCode(call, form) : refuse("unsupported_grant_type");
}

function exchangeCode(call: Call, form: URLSearchParams): Answer {
  const { browser, state } = call.site;
  const asked = browser.codes.get(form.get("code") ?? "");
  browser.codes.delete(form.get("code") ?? "");
  const challenge = createHash("sha256")
    .update(form.get("code_verifier") ?? "")
    .digest("base64url");
  const isSame =
    asked?.get("client_id") === form.get("client_id") &&
    asked.get("redirect_uri") === form.get("redirect_uri");
  if (asked === undefined || !isSame || asked.get("code_challenge") !== challenge)
    return refuse("invalid_grant");
  const deviceId = /urn:matrix:client:device:(\S+)/.exec(asked.get("scope") ?? "")?.[1];
  const user = state.users.get(`@${browser.user ?? ""}:${state.serverName}`);
  if (deviceId === undefined || user === undefined) return refuse("invalid_scope");
  const request = { deviceId, deviceName: undefined, wantsRefreshToken: true, lifetimeMs: 300_000 };
  return tokens(openSession(state, user, request));
}

function renew(call: Call, form: URLSearchParams): Answer {
  const { state } = call.site;
  const old = state.refreshTokens.get(form.get("refresh_token") ?? "");
  if (old === undefined) return refuse("invalid_grant");
  noteUse(state, old);
  const next = issueToken(state, old.userId, old.deviceId, { wantsRefreshToken: true, lifetimeMs: 300_000 });
  next.replaces = old;
  return tokens(next);
}

const tokens = (one: { token: string; refreshToken: string | undefined }): Answer =>
  ok({ access_token: one.token, token_type: "Bearer", expires_in: 300, refresh_token: one.refreshToken });

function revoke(call: Call): Answer {
  const { state } = call.site;
  const form = new URLSearchParams(call.bytes.toString("utf8"));
  const found = state.accessTokens.get(form.get("token") ?? "");
  const user = found === undefined ? undefined : state.users.get(found.userId);
  if (found !== undefined && user !== undefined) closeDevice(state, user, found.deviceId);
  return ok({});
}

const SSO = "/_matrix/client/{client}/login/sso/redirect";
const OPEN = { needsToken: false };

/** The pages and endpoints of signing in elsewhere. */
export const browserLoginRoutes: readonly Route[] = [
  route("GET", SSO, ssoRedirect, OPEN),
  route("GET", `${SSO}/:idpId`, ssoRedirect, OPEN),
  route("GET", "/_matrix/client/v1/auth_metadata", metadata, OPEN),
  route("POST", "/oauth2/register", registerClient, OPEN),
  route("GET", "/oauth2/authorize", authorize, OPEN),
  route("POST", "/oauth2/token", token, OPEN),
  route("POST", "/oauth2/revoke", revoke, OPEN),
];
