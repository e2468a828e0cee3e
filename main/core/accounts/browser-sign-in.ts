import { createHash } from "node:crypto";
import type { DeviceId } from "../../../preload/contract/ids.ts";
import type { BrowserSignInParams } from "../../../preload/contract/models/account-requests.ts";
import { openLoopback, type Loopback } from "../../lib/loopback.ts";
import { aborted, failed, invalid, ok, type Result } from "../failure.ts";
import { createHttp } from "../homeserver/http.ts";
import { whoami, type LoginAnswer } from "../homeserver/login.ts";
import {
  fetchOAuthMetadata,
  fetchOAuthTokens,
  registerClient,
  type OAuthMetadata,
} from "../homeserver/oauth.ts";
import { pathSegment } from "../homeserver/path.ts";
import type { Platform } from "../platform.ts";
import { plainText } from "../text.ts";
import { openWithToken, serverOf, sessionOf, type Server, type SignInPlatform } from "./sign-in.ts";
import type { StoredSession } from "./stored-session.ts";

// Signing in on a page in the system's browser, which comes back to an address of ours on this machine: single sign-on
// (m.login.sso, then m.login.token) and the OAuth 2.0 API (code grant with PKCE).

type BrowserPlatform = SignInPlatform & Pick<Platform, "clock" | "random" | "openExternal">;

/** Nobody is waited for longer, ms. */
const PATIENCE_MS = 10 * 60_000;

/** `former` is a soft-signed-out session, whose device goes on. Ends as `aborted` when the signal says so. */
export async function openInBrowser(
  platform: BrowserPlatform,
  params: BrowserSignInParams,
  former: StoredSession | null,
  signal: AbortSignal,
): Promise<Result<StoredSession>> {
  const server = await serverOf(platform, params.homeserver);
  if (!server.ok) return server;
  const opened =
    params.method === "oauth"
      ? await withOAuth(platform, server.value, params, former, signal)
      : await withSso(platform, server.value, params, former, signal);
  if (!opened.ok || former === null) return opened;
  return ok({ ...opened.value, displayName: former.displayName, avatarMxc: former.avatarMxc });
}

async function withSso(
  platform: BrowserPlatform,
  server: Server,
  params: BrowserSignInParams,
  former: StoredSession | null,
  signal: AbortSignal,
): Promise<Result<StoredSession>> {
  const provider = params.idpId === null ? null : pathSegment(params.idpId);
  // Unguessable: another page that finds the port cannot sign us in as somebody else.
  const loopback = await openLoopback(`/${platform.random.token()}`, params.doneText);
  const address = new URL(
    `${server.baseUrl}/_matrix/client/v3/login/sso/redirect${provider === null ? "" : `/${provider}`}`,
  );
  address.searchParams.set("redirectUrl", loopback.url);
  address.searchParams.set("action", params.wish);
  const brought = await visit(platform, address.href, loopback, signal);
  if (!brought.ok) return brought;
  const token = brought.value.get("loginToken");
  if (token === null || token === "") return failed(invalid("the browser brought no token"));
  return openWithToken(platform, server, token, former);
}

async function withOAuth(
  platform: BrowserPlatform,
  server: Server,
  params: BrowserSignInParams,
  former: StoredSession | null,
  signal: AbortSignal,
): Promise<Result<StoredSession>> {
  const { baseUrl, api } = server;
  const open = createHttp({ platform, baseUrl, authorise: null, clientApi: api.clientApi });
  const found = await fetchOAuthMetadata(open, baseUrl);
  if (!found.ok) return found;
  const metadata = found.value;
  if (metadata === null) return failed(invalid("no OAuth 2.0 here"));
  // Registered without a port; the server takes any (spec: Redirect URI validation).
  const clientId = await registerClient(
    platform,
    metadata.registrationEndpoint,
    "http://127.0.0.1/signed-in",
  );
  if (!clientId.ok) return clientId;
  const loopback = await openLoopback("/signed-in", params.doneText);
  const asked = authorisation(platform, metadata, {
    clientId: clientId.value,
    redirectUri: loopback.url,
    deviceId: former?.deviceId ?? newDeviceId(platform),
    wish: params.wish,
  });
  const brought = await visit(platform, asked.address, loopback, signal);
  if (!brought.ok) return brought;
  const code = codeIn(brought.value, asked.state);
  if (!code.ok) return code;
  const tokens = await fetchOAuthTokens(platform, metadata.tokenEndpoint, {
    grant_type: "authorization_code",
    code: code.value,
    redirect_uri: loopback.url,
    client_id: clientId.value,
    code_verifier: asked.verifier,
  });
  if (!tokens.ok) return tokens;
  const authorise = {
    token: () => tokens.value.accessToken,
    refresh: () => Promise.resolve(failed(invalid("new"))),
  };
  const who = await whoami(createHttp({ platform, baseUrl, authorise, clientApi: api.clientApi }));
  if (!who.ok) return who;
  const answer: LoginAnswer = {
    ...tokens.value,
    userId: who.value.userId,
    deviceId: who.value.deviceId ?? asked.deviceId,
    baseUrl: null,
  };
  const session = await sessionOf(platform, answer, baseUrl, api);
  const { issuer, tokenEndpoint, revocationEndpoint, accountManagementUri } = metadata;
  return ok({
    ...session,
    oauth: { issuer, clientId: clientId.value, tokenEndpoint, revocationEndpoint, accountManagementUri },
  });
}

interface Asked {
  readonly address: string;
  readonly state: string;
  readonly verifier: string;
  readonly deviceId: DeviceId;
}

function authorisation(
  platform: Pick<Platform, "random">,
  metadata: OAuthMetadata,
  of: {
    readonly clientId: string;
    readonly redirectUri: string;
    readonly deviceId: DeviceId;
    readonly wish: "login" | "register";
  },
): Asked {
  const state = platform.random.token();
  // 43 to 128 unreserved characters (RFC 7636, 4.1).
  const verifier = Array.from({ length: 4 }, () => platform.random.token())
    .join("")
    .slice(0, 96);
  const address = new URL(metadata.authorizationEndpoint);
  const parameters = {
    response_type: "code",
    response_mode: "query",
    client_id: of.clientId,
    redirect_uri: of.redirectUri,
    scope: `urn:matrix:client:api:* urn:matrix:client:device:${of.deviceId}`,
    state,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...(of.wish === "register" && metadata.canRegister ? { prompt: "create" } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  return { address: address.href, state, verifier, deviceId: of.deviceId };
}

/** Unreserved characters only, enough of them to be the only one of its kind (spec: Device ID allocation). */
const newDeviceId = ({ random }: Pick<Platform, "random">): DeviceId =>
  `${random.token()}${random.token()}`
    .replace(/[^A-Za-z0-9]/g, "")
    .slice(0, 12)
    .toUpperCase() as DeviceId;

/** The code, if it is an answer to our question: anything could have led the browser here. */
function codeIn(brought: URLSearchParams, state: string): Result<string> {
  if (brought.get("state") !== state) return failed(invalid("an answer to another question"));
  const error = brought.get("error");
  if (error === "access_denied") return failed(aborted);
  if (error !== null) {
    const serverText = plainText(brought.get("error_description"), 500);
    const said = serverText === null ? {} : { serverText };
    return failed({
      kind: "rejected",
      message: "authorisation refused",
      errcode: error.slice(0, 255),
      ...said,
    });
  }
  const code = brought.get("code");
  return code === null || code === "" ? failed(invalid("the browser brought no code")) : ok(code);
}

/** Opens the page and waits for what it brings back. */
async function visit(
  platform: BrowserPlatform,
  address: string,
  loopback: Loopback,
  signal: AbortSignal,
): Promise<Result<URLSearchParams>> {
  const close = (): void => loopback.close();
  const cancelPatience = platform.clock.after(PATIENCE_MS, close);
  signal.addEventListener("abort", close, { once: true });
  try {
    if (signal.aborted) return failed(aborted);
    await platform.openExternal(address);
    const brought = await loopback.received;
    return brought === null ? failed(aborted) : ok(brought);
  } catch {
    return failed(invalid("no browser could be opened"));
  } finally {
    cancelPatience();
    signal.removeEventListener("abort", close);
    close();
  }
}
