import { ok, type Answer, type Call } from "./call.ts";
import { redeem } from "./browser-login.ts";
import { isObject, stringOr, type JsonObject } from "./json.ts";
import { forbidden, MatrixError, notFound } from "./matrix-error.ts";
import { route, type Route } from "./router.ts";
import { closeDevice, issueToken, noteUse, openSession, sessionBody } from "./sessions.ts";
import { newUser } from "./new-user.ts";
import { endAttempt, missingStages } from "./uia.ts";
import type { User } from "./users.ts";

const CLIENT = "/_matrix/client/{client}";
const OPEN = { needsToken: false };

/** Login, registration, refresh, logout and devices. */
export const accountRoutes: readonly Route[] = [
  route("GET", `${CLIENT}/login`, (call) => ok({ flows: call.site.loginFlows }), OPEN),
  route("POST", `${CLIENT}/login`, login, OPEN),
  route("POST", `${CLIENT}/refresh`, refresh, OPEN),
  route("POST", `${CLIENT}/register`, register, OPEN),
  route("GET", `${CLIENT}/register/available`, isAvailable, OPEN),
  route("POST", `${CLIENT}/logout`, logout),
  route("POST", `${CLIENT}/logout/all`, logoutAll),
  route("GET", `${CLIENT}/account/whoami`, whoami),
  route("GET", `${CLIENT}/devices`, devices),
  route("GET", `${CLIENT}/devices/:deviceId`, oneDevice),
  route("PUT", `${CLIENT}/devices/:deviceId`, renameDevice),
];

function sessionRequest(call: Call, body: JsonObject) {
  return {
    deviceId: stringOr(body["device_id"], undefined),
    deviceName: stringOr(body["initial_device_display_name"], undefined),
    wantsRefreshToken: body["refresh_token"] === true,
    lifetimeMs: call.site.accessTokenLifetimeMs,
  };
}

function login(call: Call): Answer {
  const body = call.json;
  const type = body["type"];
  const isOffered = call.site.loginFlows.some((flow) => flow["type"] === type);
  if (type === "m.login.token" && isOffered) return loginWithToken(call, body);
  if (type !== "m.login.password" || !isOffered) {
    throw new MatrixError(400, "M_UNKNOWN", `Unknown login type ${String(type)}`);
  }
  const { state } = call.site;
  const user = state.users.get(fullUserId(call, requestedUser(body)));
  if (typeof body["password"] !== "string") {
    throw new MatrixError(400, "M_BAD_JSON", "Bad parameter: password");
  }
  if (user === undefined || user.password !== body["password"]) {
    throw forbidden("Invalid username or password");
  }
  if (user.isDeactivated) {
    throw new MatrixError(403, "M_USER_DEACTIVATED", "This account has been deactivated");
  }
  const token = openSession(state, user, sessionRequest(call, body));
  return ok({
    user_id: user.userId,
    device_id: token.deviceId,
    home_server: state.serverName,
    ...sessionBody(state, token),
  });
}

function loginWithToken(call: Call, body: JsonObject): Answer {
  const { state, browser } = call.site;
  const user = state.users.get(fullUserId(call, redeem(browser, body["token"])));
  if (user === undefined) throw forbidden("No such user");
  const token = openSession(state, user, sessionRequest(call, body));
  return ok({ user_id: user.userId, device_id: token.deviceId, ...sessionBody(state, token) });
}

/** The user named by `identifier` (or the deprecated `user`), localpart or full id. */
function requestedUser(body: JsonObject): string {
  const identifier = body["identifier"];
  if (identifier === undefined && typeof body["user"] === "string") return body["user"];
  if (!isObject(identifier)) {
    throw new MatrixError(400, "M_MISSING_PARAM", "Missing param: identifier");
  }
  if (identifier["type"] !== "m.id.user") {
    throw new MatrixError(400, "M_UNKNOWN", "Unknown login identifier type");
  }
  if (typeof identifier["user"] !== "string") {
    throw new MatrixError(400, "M_UNKNOWN", "User identifier is missing 'user' key");
  }
  return identifier["user"];
}

function fullUserId(call: Call, user: string): string {
  return user.startsWith("@") ? user : `@${user}:${call.site.state.serverName}`;
}

function refresh(call: Call): Answer {
  const { state } = call.site;
  const given = call.json["refresh_token"];
  if (typeof given !== "string") {
    throw new MatrixError(400, "M_MISSING_PARAM", "Missing param: refresh_token");
  }
  const old = state.refreshTokens.get(given);
  if (old === undefined) {
    throw new MatrixError(401, "M_UNKNOWN_TOKEN", "Invalid refresh token", { soft_logout: false });
  }
  noteUse(state, old);
  const lifetimeMs = call.site.accessTokenLifetimeMs;
  const options = { wantsRefreshToken: true, lifetimeMs };
  const token = issueToken(state, old.userId, old.deviceId, options);
  // The old pair stays good until the new one is used (spec, refreshing): see `noteUse`.
  token.replaces = old;
  return ok(sessionBody(state, token));
}

function register(call: Call): Answer {
  if ((call.query.get("kind") ?? "user") !== "user") throw forbidden("Guest access is disabled");
  const body = call.optionalJson;
  const localpart = stringOr(body["username"], `u${call.site.state.ids.next(8).toLowerCase()}`);
  // Asked before the stages and after them (REG-10, REG-11).
  if (body["auth"] === undefined) assertFreeName(call, localpart);
  const missing = missingStages(call, "register", null);
  if (missing !== null) return missing;
  assertFreeName(call, localpart);
  endAttempt(call);
  const user = newUser(call.site.state, localpart, stringOr(body["password"], ""));
  if (body["inhibit_login"] === true) return ok({ user_id: user.userId });
  const token = openSession(call.site.state, user, sessionRequest(call, body));
  return ok({
    user_id: user.userId,
    device_id: token.deviceId,
    home_server: call.site.state.serverName,
    ...sessionBody(call.site.state, token),
  });
}

function assertFreeName(call: Call, localpart: string): void {
  if (!/^[a-z0-9._=/+-]+$/.test(localpart)) {
    throw new MatrixError(400, "M_INVALID_USERNAME", "User ID contains forbidden characters");
  }
  if (call.site.state.users.has(fullUserId(call, localpart))) {
    throw new MatrixError(400, "M_USER_IN_USE", "User ID already taken.");
  }
}

function isAvailable(call: Call): Answer {
  assertFreeName(call, call.query.get("username") ?? "");
  return ok({ available: true });
}

function logout(call: Call): Answer {
  closeDevice(call.site.state, call.user, call.device.deviceId);
  return ok();
}

function logoutAll(call: Call): Answer {
  for (const deviceId of [...call.user.devices.keys()]) {
    closeDevice(call.site.state, call.user, deviceId);
  }
  return ok();
}

function whoami(call: Call): Answer {
  return ok({ user_id: call.user.userId, device_id: call.device.deviceId, is_guest: false });
}

function deviceBody(user: User, deviceId: string): JsonObject {
  const device = user.devices.get(deviceId);
  if (device === undefined) throw notFound("No device found");
  return {
    device_id: deviceId,
    display_name: device.displayName,
    last_seen_ip: "127.0.0.1",
    last_seen_ts: device.lastSeenTs,
    user_id: user.userId,
  };
}

function devices(call: Call): Answer {
  return ok({ devices: [...call.user.devices.keys()].map((id) => deviceBody(call.user, id)) });
}

function oneDevice(call: Call): Answer {
  return ok(deviceBody(call.user, call.param("deviceId")));
}

function renameDevice(call: Call): Answer {
  const device = call.user.devices.get(call.param("deviceId"));
  if (device === undefined) throw notFound("No device found");
  device.displayName = stringOr(call.json["display_name"], device.displayName);
  return ok();
}
