import type { DiscoveredServer, LoginFlow } from "../../../preload/contract/models/session.ts";
import { failed, invalid, ok, type Failure, type Result } from "../failure.ts";
import { createHttp, type HttpPlatform } from "../homeserver/http.ts";
import { fetchLoginFlows } from "../homeserver/login.ts";
import { fetchOAuthMetadata } from "../homeserver/oauth.ts";
import { fetchVersions } from "../homeserver/versions.ts";
import { hostOf, isInsecure, isLoopback, parseAddress } from "./address.ts";
import { negotiate, type ServerApi } from "./versions.ts";
import { fetchWellKnown } from "./well-known.ts";

/**
 * Finds the homeserver meant by a full user id, a server name, `host:port` or an http(s) address, makes sure that it
 * is one, and asks how one can sign in.
 *
 * A failure's `message` is one of a few words, beside the kind:
 * `unknown-server` (offline: no such name), `unreachable` (offline), `not-a-matrix-server` (malformed: HTML, 404),
 * `captive-portal` (malformed: redirected elsewhere), `unsupported-server` (malformed: no common version),
 * `not-an-address` (invalid). Certificates, timeouts and 5xx keep their own kind.
 */
export async function discover(platform: HttpPlatform, input: string): Promise<Result<DiscoveredServer>> {
  const address = parseAddress(input);
  if (address === null) return failed(invalid("not-an-address"));
  return address.kind === "url"
    ? discoverUrl(platform, address.baseUrl)
    : discoverName(platform, address.serverName, address.user);
}

async function discoverName(
  platform: HttpPlatform,
  serverName: string,
  user: string | null,
): Promise<Result<DiscoveredServer>> {
  const named = (server: ProbedServer): DiscoveredServer => ({ ...server, serverName, user });
  const host = hostOf(serverName);
  if (isLoopback(host)) {
    // A server on this machine: no well-known file, mostly no certificate either (TRN-03).
    const plain = await probe(platform, `http://${serverName}`);
    if (plain.ok) return ok(named(plain.value));
    const secure = await probe(platform, `https://${serverName}`);
    return secure.ok ? ok(named(secure.value)) : plain;
  }
  const wellKnown = await fetchWellKnown(platform, host);
  if (wellKnown.outcome === "error") return failed(explain(wellKnown.failure));
  const baseUrl = wellKnown.outcome === "found" ? wellKnown.baseUrl : `https://${serverName}`;
  const server = await probe(platform, baseUrl);
  if (server.ok) return ok(named(server.value));
  const hasAnswered =
    wellKnown.outcome === "ignore" || (wellKnown.outcome === "prompt" && "status" in wellKnown.failure);
  return server.failure.kind === "offline" && hasAnswered ? failed(notMatrix()) : server;
}

async function discoverUrl(platform: HttpPlatform, baseUrl: string): Promise<Result<DiscoveredServer>> {
  const direct = await probe(platform, baseUrl);
  if (direct.ok) return ok({ ...direct.value, serverName: null, user: null });
  const url = new URL(baseUrl);
  const isPassing = direct.failure.kind === "offline" || direct.failure.kind === "certificate";
  if (url.pathname !== "/" || isPassing || isLoopback(url.hostname)) return direct;
  if (url.protocol === "http:") {
    // Servers send visitors of their plain address to the safe one.
    const secure = await probe(platform, `https://${url.host}`);
    if (secure.ok) return ok({ ...secure.value, serverName: null, user: null });
  }
  // It may be the website of a server name, with the homeserver elsewhere.
  const wellKnown = await fetchWellKnown(platform, url.hostname);
  if (wellKnown.outcome !== "found") return direct;
  const server = await probe(platform, wellKnown.baseUrl);
  return server.ok ? ok({ ...server.value, serverName: url.hostname, user: null }) : direct;
}

type ProbedServer = Pick<DiscoveredServer, "baseUrl" | "flows" | "oauth" | "isInsecure">;

/** Is there a homeserver we can talk to at this address, and how does one sign in? */
async function probe(platform: HttpPlatform, baseUrl: string): Promise<Result<ProbedServer>> {
  const api = await probeVersions(platform, baseUrl);
  if (!api.ok) return api;
  const http = createHttp({ platform, baseUrl, authorise: null, clientApi: api.value.clientApi });
  const [flows, metadata] = await Promise.all([fetchLoginFlows(http), fetchOAuthMetadata(http, baseUrl)]);
  // A server that stumbles over this question is asked again where it matters.
  const oauth = metadata.ok ? metadata.value : null;
  // A server with OAuth only has no such endpoint: no flow of ours, but a homeserver.
  const none: Result<readonly LoginFlow[]> = ok([]);
  const known = !flows.ok && flows.failure.errcode === "M_UNRECOGNIZED" ? none : flows;
  return known.ok
    ? ok({
        ...{ baseUrl, flows: known.value, isInsecure: isInsecure(baseUrl) },
        ...(oauth === null ? {} : { oauth: { canRegister: oauth.canRegister } }),
      })
    : failed(explain(known.failure));
}

/** What the server at this address speaks; fails as `unsupported-server` when that is nothing we do. */
export async function probeVersions(platform: HttpPlatform, baseUrl: string): Promise<Result<ServerApi>> {
  const http = createHttp({ platform, baseUrl, authorise: null });
  const versions = await fetchVersions(http, { timeoutMs: 15_000 });
  if (!versions.ok) return failed(explain(versions.failure));
  const api = negotiate(versions.value);
  return api === null ? failed({ kind: "malformed", message: "unsupported-server" }) : ok(api);
}

const notMatrix = (status?: number): Failure => ({
  kind: "malformed",
  message: "not-a-matrix-server",
  ...(status === undefined ? {} : { status }),
});

const unknownNames = new Set(["ENOTFOUND", "EAI_NONAME", "EAI_NODATA", "ERR_NAME_NOT_RESOLVED"]);

/** The same failure with the word for what it means while looking for a server. */
function explain(failure: Failure): Failure {
  const { kind, status, message } = failure;
  if (kind === "offline")
    return { kind, message: unknownNames.has(message) ? "unknown-server" : "unreachable" };
  if (status === 511 || (kind === "malformed" && status !== undefined && status >= 300))
    return { kind: "malformed", message: "captive-portal", ...(status === undefined ? {} : { status }) };
  if (kind === "malformed") return notMatrix(status);
  const isClientError = status !== undefined && status >= 400 && status < 500;
  return kind === "unavailable" && isClientError ? notMatrix(status) : failure;
}
