import { ok, type Answer, type Call } from "./call.ts";
import { findContactSession, ownerOf } from "./contacts.ts";
import { objectOr, stringList, stringOr } from "./json.ts";
import { invalidParam, MatrixError } from "./matrix-error.ts";
import { route, type Route } from "./router.ts";
import { closeDevice, dropRefreshTokens } from "./sessions.ts";
import { endAttempt, missingStages } from "./uia.ts";
import type { User } from "./users.ts";

const CLIENT = "/_matrix/client/{client}";

/** What one does with one's own account: password, addresses, sessions, the end of it. */
export const accountSettingRoutes: readonly Route[] = [
  route("POST", `${CLIENT}/account/password`, changePassword, { needsToken: false }),
  route("POST", `${CLIENT}/account/deactivate`, deactivate),
  route("GET", `${CLIENT}/account/3pid`, listContacts),
  route("POST", `${CLIENT}/account/3pid/add`, addContact),
  route("POST", `${CLIENT}/account/3pid/delete`, deleteContact),
  route("POST", `${CLIENT}/delete_devices`, deleteDevices),
  route("DELETE", `${CLIENT}/devices/:deviceId`, deleteDevice),
];

/** The user of the token, where there is one; else the one whose address was proven. */
function whoseToken(call: Call): { user: User; deviceId: string } | null {
  const text = /^Bearer (.+)$/i.exec(call.headers["authorization"] ?? "")?.[1];
  if (text === undefined) return null;
  const token = call.site.state.accessTokens.get(text);
  const user = token === undefined ? undefined : call.site.state.users.get(token.userId);
  if (token === undefined || user === undefined)
    throw new MatrixError(401, "M_UNKNOWN_TOKEN", "Unrecognised access token", { soft_logout: false });
  return { user, deviceId: token.deviceId };
}

function changePassword(call: Call): Answer {
  const asking = whoseToken(call);
  const creds = objectOr(objectOr(call.json["auth"])["threepid_creds"]);
  const missing = missingStages(call, asking === null ? "password-reset" : "password", asking?.user ?? null);
  if (missing !== null) return missing;
  const proven = findContactSession(call.site.state, creds["sid"], creds["client_secret"]);
  const user =
    asking?.user ??
    (proven === undefined ? undefined : ownerOf(call.site.state, proven.medium, proven.address));
  if (user === undefined) throw new MatrixError(404, "M_NOT_FOUND", "No account has this address");
  const password = stringOr(call.json["new_password"], "");
  if (password.length < 8) throw new MatrixError(400, "M_WEAK_PASSWORD", "Too short");
  user.password = password;
  if (call.json["logout_devices"] !== false) {
    closeOthers(call, user, asking?.deviceId ?? null);
    // As Synapse does (see its `user_delete_access_tokens`): nobody's refresh token stays, not even the asker's.
    if (asking !== undefined) dropRefreshTokens(call.site.state, user.userId);
  }
  endAttempt(call);
  return ok();
}

function closeOthers(call: Call, user: User, kept: string | null): void {
  for (const deviceId of [...user.devices.keys()])
    if (deviceId !== kept) closeDevice(call.site.state, user, deviceId);
  // Polls that sleep must learn of it now.
  call.site.state.stream.advance();
}

function deactivate(call: Call): Answer {
  const missing = missingStages(call, "deactivate", call.user);
  if (missing !== null) return missing;
  const { user } = call;
  user.isDeactivated = true;
  user.isErased = call.json["erase"] === true;
  closeOthers(call, user, null);
  return ok({ id_server_unbind_result: "no-support" });
}

function listContacts(call: Call): Answer {
  return ok({
    threepids: call.user.contacts.map(({ medium, address, addedAt }) => ({
      ...{ medium, address, validated_at: addedAt, added_at: addedAt },
    })),
  });
}

function addContact(call: Call): Answer {
  const missing = missingStages(call, "3pid", call.user);
  if (missing !== null) return missing;
  const { sid, client_secret: secret } = call.json;
  const session = findContactSession(call.site.state, sid, secret);
  if (session?.isValidated !== true)
    throw new MatrixError(400, "M_THREEPID_AUTH_FAILED", "No validated 3pid session found");
  const { medium, address } = session;
  if (ownerOf(call.site.state, medium, address) !== undefined)
    throw new MatrixError(400, "M_THREEPID_IN_USE", "This address is already in use");
  call.user.contacts.push({ medium, address, addedAt: call.site.state.now() });
  endAttempt(call);
  return ok();
}

function deleteContact(call: Call): Answer {
  const { medium, address } = call.json;
  call.user.contacts = call.user.contacts.filter((one) => one.medium !== medium || one.address !== address);
  return ok({ id_server_unbind_result: "no-support" });
}

function deleteDevices(call: Call): Answer {
  const ids = stringList(call.json["devices"]);
  if (ids === undefined) throw invalidParam("devices is no list");
  return endDevices(call, ids);
}

function deleteDevice(call: Call): Answer {
  return endDevices(call, [call.param("deviceId")]);
}

function endDevices(call: Call, ids: readonly string[]): Answer {
  const missing = missingStages(call, "devices", call.user);
  if (missing !== null) return missing;
  for (const deviceId of ids) closeDevice(call.site.state, call.user, deviceId);
  endAttempt(call);
  return ok();
}
