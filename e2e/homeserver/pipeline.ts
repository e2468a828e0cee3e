import type { IncomingMessage } from "node:http";
import { accountSettingRoutes } from "./account-settings.ts";
import { accountRoutes } from "./accounts.ts";
import { Call, type Answer } from "./call.ts";
import { browserLoginRoutes } from "./browser-login.ts";
import { contactRoutes } from "./contacts.ts";
import { directoryRoutes } from "./directory.ts";
import { discoveryRoutes } from "./discovery.ts";
import type { FaultAction } from "./faults.ts";
import { listingRoutes } from "./listing.ts";
import { MatrixError } from "./matrix-error.ts";
import { mediaRoutes } from "./media.ts";
import { messageRoutes } from "./messages.ts";
import { participationRoutes } from "./participation.ts";
import { pushRuleRoutes } from "./push-rule-routes.ts";
import { roomRoutes } from "./rooms.ts";
import { roomStateRoutes } from "./room-state.ts";
import { Router, type Match } from "./router.ts";
import { searchRoutes } from "./search.ts";
import { sendingRoutes } from "./sending.ts";
import { noteUse } from "./sessions.ts";
import type { Site } from "./site.ts";
import { syncRoutes } from "./sync.ts";
import { uiaRoutes } from "./uia.ts";
import { upgradeRoutes } from "./upgrade.ts";
import { userDataRoutes } from "./user-data.ts";
import type { AccessToken } from "./users.ts";

const router = new Router([
  ...discoveryRoutes,
  ...accountRoutes,
  ...accountSettingRoutes,
  ...contactRoutes,
  ...browserLoginRoutes,
  ...uiaRoutes,
  ...syncRoutes,
  ...sendingRoutes,
  ...messageRoutes,
  ...searchRoutes,
  ...roomStateRoutes,
  ...roomRoutes,
  ...participationRoutes,
  ...directoryRoutes,
  ...listingRoutes,
  ...upgradeRoutes,
  ...userDataRoutes,
  ...pushRuleRoutes,
  ...mediaRoutes,
]);

/** A request with everything read, before it is known what it means. */
export interface Incoming {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  bytes: Buffer;
  signal: AbortSignal;
}

/** Reads the head of a request. */
export function readHead(request: IncomingMessage): Omit<Incoming, "bytes" | "signal"> {
  const url = request.url ?? "/";
  const cut = url.indexOf("?");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return {
    method: request.method ?? "GET",
    path: cut < 0 ? url : url.slice(0, cut),
    query: new URLSearchParams(cut < 0 ? "" : url.slice(cut + 1)),
    headers,
  };
}

/** The token text a request carries, in the header or (deprecated) in the query. */
export function tokenText(incoming: Pick<Incoming, "headers" | "query">): string | undefined {
  const bearer = /^Bearer (.+)$/i.exec(incoming.headers["authorization"] ?? "")?.[1];
  return bearer ?? incoming.query.get("access_token") ?? undefined;
}

/** Finds the endpoint, checks the token, runs the handler; errors become answers. */
export async function answer(site: Site, incoming: Incoming, skew: number): Promise<Answer> {
  try {
    const match = router.find(site, incoming.method, incoming.path);
    const token = authenticate(site, incoming, match);
    const call = new Call({ ...incoming, site, params: match.params, token, skew });
    return await withSkew(site, skew, () => match.route.handle(call));
  } catch (error) {
    if (error instanceof MatrixError) return { status: error.status, json: error.body };
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { status: 500, json: { errcode: "M_UNKNOWN", error: `Internal server error: ${text}` } };
  }
}

/** Shifts the clock while the handler's synchronous part runs. */
function withSkew<T>(site: Site, skew: number, run: () => T): T {
  site.state.skew = skew;
  try {
    return run();
  } finally {
    site.state.skew = 0;
  }
}

function authenticate(site: Site, incoming: Incoming, match: Match): AccessToken | undefined {
  if (!match.route.needsToken) return undefined;
  const text = tokenText(incoming);
  if (text === undefined) throw new MatrixError(401, "M_MISSING_TOKEN", "Missing access token");
  const { state } = site;
  const token = state.accessTokens.get(text);
  if (token === undefined) {
    throw new MatrixError(401, "M_UNKNOWN_TOKEN", "Unrecognised access token", { soft_logout: false });
  }
  const isExpired = token.expiresAt !== null && token.expiresAt <= state.now();
  if (token.state !== "valid" || isExpired) {
    const soft = { soft_logout: token.state !== "hard" };
    throw new MatrixError(401, "M_UNKNOWN_TOKEN", "Access token has expired", soft);
  }
  noteUse(state, token);
  return token;
}

/** The sum of clock skews of the faults that hit. */
export function skewOf(actions: readonly FaultAction[]): number {
  return actions.reduce((sum, action) => sum + (action.clockSkew ?? 0), 0);
}
