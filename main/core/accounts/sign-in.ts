import { failed, invalid, ok, type Result } from "../failure.ts";
import { createHttp, type HttpPlatform } from "../homeserver/http.ts";
import { login, loginWithToken, logout, type LoginAnswer, type Tokens } from "../homeserver/login.ts";
import { revokeToken } from "../homeserver/oauth.ts";
import { isInsecure, parseBaseUrl } from "./address.ts";
import { discover, probeVersions } from "./discover.ts";
import type { StoredSession } from "./stored-session.ts";
import type { ServerApi } from "./versions.ts";

export interface SignInParams {
  /** Base URL as discovery found it, or anything discovery understands. */
  readonly homeserver: string;
  /** Localpart or full user id. */
  readonly user: string;
  readonly password: string;
}

export type SignInPlatform = HttpPlatform & { readonly deviceName: string };

/** Signs in and answers the session to store; nothing is stored or used yet. `former` is a soft-signed-out session. */
export async function openSession(
  platform: SignInPlatform,
  params: SignInParams,
  former: StoredSession | null,
): Promise<Result<StoredSession>> {
  const user = params.user.trim();
  if (user === "") return failed(invalid("no user"));
  // Rooms, queue and drafts of the former session belong to one person.
  if (former !== null && !isSamePerson(user, former)) return failed(invalid("another-account"));
  const server = await serverOf(platform, params.homeserver);
  if (!server.ok) return server;
  const { baseUrl, api } = server.value;
  const http = createHttp({ platform, baseUrl, authorise: null, clientApi: api.clientApi });
  const answer = await login(http, {
    user,
    password: params.password,
    deviceName: platform.deviceName,
    ...(former === null ? {} : { deviceId: former.deviceId }),
  });
  if (!answer.ok) return answer;
  const session = await sessionOf(platform, answer.value, baseUrl, api);
  if (former === null) return ok(session);
  if (former.userId !== session.userId) {
    await endSession(platform, session);
    return failed(invalid("another-account"));
  }
  return ok({ ...session, ...profileOf(former) });
}

/** The same with a token that a page or another client gave (`m.login.token`); whose it is, the answer says. */
export async function openWithToken(
  platform: SignInPlatform,
  { baseUrl, api }: Server,
  token: string,
  former: StoredSession | null,
): Promise<Result<StoredSession>> {
  const http = createHttp({ platform, baseUrl, authorise: null, clientApi: api.clientApi });
  const device = former === null ? {} : { deviceId: former.deviceId };
  const answer = await loginWithToken(http, { token, deviceName: platform.deviceName, ...device });
  if (!answer.ok) return answer;
  const session = await sessionOf(platform, answer.value, baseUrl, api);
  return ok(former === null ? session : { ...session, ...profileOf(former) });
}

const profileOf = ({ displayName, avatarMxc }: StoredSession) => ({ displayName, avatarMxc });

const isSamePerson = (user: string, former: StoredSession): boolean =>
  user === former.userId || (!user.startsWith("@") && former.userId.startsWith(`@${user}:`));

/** Tells the server to end a session we will not keep. Bounded and best effort. */
export async function endSession(platform: HttpPlatform, session: StoredSession): Promise<void> {
  const authorise = {
    token: () => session.accessToken,
    refresh: () => Promise.resolve(failed(invalid("ending"))),
  };
  const { homeserver: baseUrl, clientApi, oauth, accessToken } = session;
  // Through OAuth it is the token that is given back (RFC 7009).
  if (oauth !== undefined && oauth.revocationEndpoint !== null && accessToken !== null)
    return revokeToken(platform, oauth.revocationEndpoint, { token: accessToken, clientId: oauth.clientId });
  await logout(createHttp({ platform, baseUrl, authorise, clientApi }), { timeoutMs: 5_000 });
}

export interface Server {
  readonly baseUrl: string;
  readonly api: ServerApi;
}

/** The server meant by an address or a name, and what it speaks. */
export async function serverOf(platform: HttpPlatform, homeserver: string): Promise<Result<Server>> {
  let baseUrl = parseBaseUrl(homeserver);
  if (baseUrl === null) {
    const found = await discover(platform, homeserver);
    if (!found.ok) return found;
    ({ baseUrl } = found.value);
  }
  const api = await probeVersions(platform, baseUrl);
  return api.ok ? ok({ baseUrl, api: api.value }) : api;
}

/** The session to store for an answer to a login or a registration. */
export async function sessionOf(
  platform: HttpPlatform,
  answer: LoginAnswer,
  usedUrl: string,
  usedApi: ServerApi,
): Promise<StoredSession> {
  const { baseUrl, api } = await repointed(platform, answer.baseUrl, { baseUrl: usedUrl, api: usedApi });
  return {
    version: 1,
    userId: answer.userId,
    deviceId: answer.deviceId,
    homeserver: baseUrl,
    ...tokensToStore(answer, platform.clock.now()),
    state: "active",
    ...api,
    displayName: null,
    avatarMxc: null,
  };
}

/** The server may name another address for itself in `well_known`; taken when there is a homeserver, never to a less safe one. */
async function repointed(platform: HttpPlatform, named: string | null, used: Server): Promise<Server> {
  const baseUrl = parseBaseUrl(named);
  if (baseUrl === null || baseUrl === used.baseUrl) return used;
  if (isInsecure(baseUrl) && !isInsecure(used.baseUrl)) return used;
  const api = await probeVersions(platform, baseUrl);
  return api.ok ? { baseUrl, api: api.value } : used;
}

/** Tokens of an answer as they are stored. `now` in ms since the epoch. */
export function tokensToStore(
  tokens: Tokens,
  now: number,
): { accessToken: string; refreshToken?: string; expiresAtMs?: number } {
  return {
    accessToken: tokens.accessToken,
    ...(tokens.refreshToken === null ? {} : { refreshToken: tokens.refreshToken }),
    ...(tokens.expiresInMs === null ? {} : { expiresAtMs: now + tokens.expiresInMs }),
  };
}
