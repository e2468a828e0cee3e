import { isObject, numberOf, stringOf, type JsonObject } from "../event.ts";
import { failed, ok, type Failure, type Result } from "../failure.ts";
import type { Platform } from "../platform.ts";
import { plainText } from "../text.ts";
import { exchange, readText } from "./exchange.ts";
import type { Http } from "./http.ts";
import { parseTokens, type Tokens } from "./login.ts";

// The OAuth 2.0 API (spec: Client Authentication, OAuth 2.0 API; RFC 6749, 7591, 7009, 7636).

/** What of `GET /auth_metadata` we use; all addresses are checked. */
export interface OAuthMetadata {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly registrationEndpoint: string;
  readonly revocationEndpoint: string | null;
  readonly accountManagementUri: string | null;
  /** The server makes accounts when asked to (`prompt=create`). */
  readonly canRegister: boolean;
}

/** `GET /auth_metadata`; null where the server has no OAuth 2.0, or none that we can use safely. */
export async function fetchOAuthMetadata(http: Http, baseUrl: string): Promise<Result<OAuthMetadata | null>> {
  const answer = await http.request({ method: "GET", path: "/_matrix/client/v1/auth_metadata" });
  if (answer.ok) return ok(isObject(answer.value) ? parseMetadata(answer.value, baseUrl) : null);
  const { kind, status } = answer.failure;
  return kind === "rejected" || status === 404 ? ok(null) : answer;
}

/** Without PKCE with S256, the code grant or a way to register there is nothing to do with it. Pure. */
function parseMetadata(answer: JsonObject, baseUrl: string): OAuthMetadata | null {
  const endpoint = (key: string): string | null => endpointIn(answer[key], baseUrl);
  const issuer = endpoint("issuer");
  const authorizationEndpoint = endpoint("authorization_endpoint");
  const tokenEndpoint = endpoint("token_endpoint");
  const registrationEndpoint = endpoint("registration_endpoint");
  const includes = (key: string, value: string): boolean =>
    Array.isArray(answer[key]) && answer[key].includes(value);
  if (issuer === null || authorizationEndpoint === null || tokenEndpoint === null) return null;
  if (registrationEndpoint === null || !includes("code_challenge_methods_supported", "S256")) return null;
  if (!includes("response_types_supported", "code")) return null;
  return {
    ...{ issuer, authorizationEndpoint, tokenEndpoint, registrationEndpoint },
    revocationEndpoint: endpoint("revocation_endpoint"),
    accountManagementUri: endpoint("account_management_uri"),
    canRegister: includes("prompt_values_supported", "create"),
  };
}

/** https, or as safe as the homeserver's own address is. */
function endpointIn(value: unknown, baseUrl: string): string | null {
  if (typeof value !== "string" || value.length > 2048 || !URL.canParse(value)) return null;
  const url = new URL(value);
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && baseUrl.startsWith("http:"));
  return isSafe && url.username === "" && url.password === "" ? url.href : null;
}

type OAuthPlatform = Pick<Platform, "clock" | "fetch">;

/** Dynamic client registration; answers the client id. */
export async function registerClient(
  platform: OAuthPlatform,
  endpoint: string,
  redirectUri: string,
): Promise<Result<string>> {
  const metadata = {
    client_name: "Dunlin",
    client_uri: "https://dunlin.invalid/",
    application_type: "native",
    redirect_uris: [redirectUri],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  };
  const answer = await post(platform, endpoint, "application/json", JSON.stringify(metadata));
  if (!answer.ok) return answer;
  const clientId = stringOf(answer.value, "client_id");
  return clientId === null || clientId === "" || clientId.length > 2048 ? failed(malformed) : ok(clientId);
}

/** The token endpoint: a code or a refresh token for a pair of tokens. */
export async function fetchOAuthTokens(
  platform: OAuthPlatform,
  endpoint: string,
  form: Readonly<Record<string, string>>,
): Promise<Result<Tokens>> {
  const answer = await post(platform, endpoint, FORM, new URLSearchParams(form).toString());
  if (!answer.ok) return answer;
  const seconds = numberOf(answer.value, "expires_in");
  const tokens = parseTokens({
    ...answer.value,
    ...(seconds === null ? {} : { expires_in_ms: seconds * 1000 }),
  });
  return tokens === null ? failed(malformed) : ok(tokens);
}

/** Revokes a token and with it the whole session (RFC 7009). */
export async function revokeToken(
  platform: OAuthPlatform,
  endpoint: string,
  { token, clientId }: { readonly token: string; readonly clientId: string },
): Promise<void> {
  const form = new URLSearchParams({ token, token_type_hint: "access_token", client_id: clientId });
  await post(platform, endpoint, FORM, form.toString(), 5_000);
}

const FORM = "application/x-www-form-urlencoded";
const malformed: Failure = { kind: "malformed", message: "the answer lacks what it must have", status: 200 };

async function post(
  platform: OAuthPlatform,
  endpoint: string,
  contentType: string,
  body: string,
  timeoutMs = 30_000,
): Promise<Result<JsonObject>> {
  const headers = { Accept: "application/json", "Content-Type": contentType };
  const request = { method: "POST", url: new URL(endpoint), headers, body } as const;
  const answer = await exchange(
    platform,
    { ...request, timeoutMs, bodyTimeoutMs: timeoutMs },
    async (incoming): Promise<Result<JsonObject>> => {
      const text = await readText(incoming, 1_000_000);
      return text.ok ? classify(incoming.status, parsed(text.value)) : text;
    },
  );
  return answer.ok ? answer.value : answer;
}

/** Errors of OAuth are no Matrix errors: `error` and `error_description` (RFC 6749, 5.2). */
function classify(status: number, body: unknown): Result<JsonObject> {
  const said = isObject(body) ? body : {};
  if (status >= 200 && status < 300) return ok(said);
  if (status === 429) return failed({ kind: "limited", message: "HTTP 429", status });
  const code = stringOf(said, "error");
  if (status >= 500 || code === null)
    return failed({ kind: "unavailable", message: `HTTP ${status}`, status });
  const serverText = plainText(said.error_description, 500);
  return failed({
    kind: "rejected",
    message: `HTTP ${status} ${code.slice(0, 255)}`,
    status,
    errcode: code.slice(0, 255),
    ...(serverText === null ? {} : { serverText }),
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
