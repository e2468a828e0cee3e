import type { ServerState } from "./state.ts";
import { newDevice, type AccessToken, type User } from "./users.ts";

/** What a login or registration hands out. */
export interface SessionRequest {
  deviceId: string | undefined;
  deviceName: string | undefined;
  wantsRefreshToken: boolean;
  lifetimeMs: number | null;
}

/** Opens a session; a device id used before is the same device, whose older tokens die. */
export function openSession(state: ServerState, user: User, request: SessionRequest): AccessToken {
  const deviceId = request.deviceId ?? state.ids.next(10).toUpperCase();
  const device = user.devices.get(deviceId);
  if (device === undefined) user.devices.set(deviceId, newDevice(deviceId, request.deviceName));
  else dropTokens(state, user.userId, deviceId);
  return issueToken(state, user.userId, deviceId, request);
}

/** Makes an access token for a device that exists, with a refresh token when asked. */
export function issueToken(
  state: ServerState,
  userId: string,
  deviceId: string,
  request: Pick<SessionRequest, "wantsRefreshToken" | "lifetimeMs">,
): AccessToken {
  const expires = request.wantsRefreshToken && request.lifetimeMs !== null;
  const token: AccessToken = {
    token: `syt_${state.secret}_${state.ids.next(32)}`,
    userId,
    deviceId,
    state: "valid",
    expiresAt: expires ? state.now() + (request.lifetimeMs ?? 0) : null,
    refreshToken: request.wantsRefreshToken ? `syr_${state.secret}_${state.ids.next(32)}` : undefined,
    replaces: undefined,
  };
  state.accessTokens.set(token.token, token);
  if (token.refreshToken !== undefined) state.refreshTokens.set(token.refreshToken, token);
  return token;
}

/** The session part of an answer to login, register and refresh. */
export function sessionBody(state: ServerState, token: AccessToken): Record<string, unknown> {
  return {
    access_token: token.token,
    ...(token.refreshToken === undefined ? {} : { refresh_token: token.refreshToken }),
    ...(token.expiresAt === null ? {} : { expires_in_ms: token.expiresAt - state.now() }),
  };
}

/** Forgets all tokens of a device. */
export function dropTokens(state: ServerState, userId: string, deviceId: string): void {
  for (const [text, token] of state.accessTokens) {
    if (token.userId === userId && token.deviceId === deviceId) state.accessTokens.delete(text);
  }
  for (const [text, token] of state.refreshTokens) {
    if (token.userId === userId && token.deviceId === deviceId) state.refreshTokens.delete(text);
  }
}

/** Forgets all refresh tokens of a user; their access tokens live out their time. */
export function dropRefreshTokens(state: ServerState, userId: string): void {
  for (const [text, token] of state.refreshTokens)
    if (token.userId === userId) state.refreshTokens.delete(text);
}

/** Ends the device: its tokens and its memory are gone. */
export function closeDevice(state: ServerState, user: User, deviceId: string): void {
  dropTokens(state, user.userId, deviceId);
  user.devices.delete(deviceId);
}

/** First use of a refreshed pair: only now the pair it replaces stops working (spec, /refresh). */
export function noteUse(state: ServerState, token: AccessToken): void {
  const old = token.replaces;
  if (old === undefined) return;
  token.replaces = undefined;
  state.accessTokens.delete(old.token);
  if (old.refreshToken !== undefined) state.refreshTokens.delete(old.refreshToken);
}
