import type { DeviceId, MxcUri, UserId } from "../../../preload/contract/ids.ts";
import type { Contact, DeviceSession } from "../../../preload/contract/models/own-account.ts";
import { isObject, numberOf, objectOf, stringOf, type JsonObject } from "../event.ts";
import type { Result } from "../failure.ts";
import { oneLine, plainText } from "../text.ts";
import { ask, tell } from "./endpoint.ts";
import type { Http } from "./http.ts";
import { askInteractively, type AuthBody, type Interactive } from "./interactive.ts";
import { path } from "./path.ts";

// What the server knows of one's own account, and the calls that change it.

const MOST_CONTACTS = 100;
const MOST_SESSIONS = 1000;

export interface OwnCapabilities {
  readonly changePassword: boolean;
  readonly changeName: boolean;
  readonly changeAvatar: boolean;
  readonly changeContacts: boolean;
}

/** `GET /capabilities`: what is not named is allowed (spec: Capabilities negotiation). */
export const fetchOwnCapabilities = (http: Http): Promise<Result<OwnCapabilities>> =>
  ask(http, { method: "GET", path: "/_matrix/client/v3/capabilities" }, (answer) => {
    const all = objectOf(answer, "capabilities");
    const isOn = (name: string): boolean => objectOf(all, name).enabled !== false;
    return {
      changePassword: isOn("m.change_password"),
      changeName: mayChangeField(all, "displayname", isOn("m.set_displayname")),
      changeAvatar: mayChangeField(all, "avatar_url", isOn("m.set_avatar_url")),
      changeContacts: isOn("m.3pid_changes"),
    };
  });

/** `m.profile_fields` (v1.16) stands over the older capability of one field. */
function mayChangeField(all: JsonObject, field: string, older: boolean): boolean {
  const fields = all["m.profile_fields"];
  if (!isObject(fields)) return older;
  if (fields.enabled !== true) return false;
  if (Array.isArray(fields.allowed)) return fields.allowed.includes(field);
  return !(Array.isArray(fields.disallowed) && fields.disallowed.includes(field));
}

/** `PUT /profile/{userId}/avatar_url`; an empty address is none. */
export const putAvatar = (
  http: Http,
  { userId, mxc }: { readonly userId: UserId; readonly mxc: MxcUri | null },
): Promise<Result<void>> =>
  tell(http, {
    method: "PUT",
    path: path`/_matrix/client/v3/profile/${userId}/avatar_url`,
    body: { avatar_url: mxc ?? "" },
  });

/** `PUT /presence/{userId}/status`. */
export const putStatus = (
  http: Http,
  request: { readonly userId: UserId; readonly presence: string; readonly message: string },
): Promise<Result<void>> =>
  tell(http, {
    method: "PUT",
    path: path`/_matrix/client/v3/presence/${request.userId}/status`,
    body: { presence: request.presence, status_msg: request.message },
  });

/** `GET /account/3pid` (PID-06). */
export const fetchContacts = (http: Http): Promise<Result<readonly Contact[]>> =>
  ask(http, { method: "GET", path: "/_matrix/client/v3/account/3pid" }, (answer) => {
    const list: readonly unknown[] = Array.isArray(answer.threepids) ? answer.threepids : [];
    return list.slice(0, MOST_CONTACTS).flatMap((raw) => {
      const medium = isObject(raw) ? plainText(raw.medium, 50) : null;
      const address = isObject(raw) ? plainText(raw.address, 500) : null;
      if (medium === null || address === null) return [];
      return [{ medium: oneLine(medium, 50), address: oneLine(address, 500) }];
    });
  });

/** `POST /account/3pid/add`: an address that was proven becomes one of the account's. */
export const addContact = (
  http: Http,
  proof: { readonly sid: string; readonly clientSecret: string },
  auth: AuthBody,
  signal: AbortSignal,
): Promise<Result<Interactive<true>>> =>
  askInteractively(
    http,
    {
      method: "POST",
      path: "/_matrix/client/v3/account/3pid/add",
      body: { sid: proof.sid, client_secret: proof.clientSecret },
      signal,
    },
    auth,
    () => true,
  );

/** `POST /account/3pid/delete`. */
export const deleteContact = (http: Http, { medium, address }: Contact): Promise<Result<void>> =>
  tell(http, { method: "POST", path: "/_matrix/client/v3/account/3pid/delete", body: { medium, address } });

/** `GET /devices`. */
export const fetchSessions = (http: Http, current: DeviceId): Promise<Result<readonly DeviceSession[]>> =>
  ask(http, { method: "GET", path: "/_matrix/client/v3/devices" }, (answer) => {
    if (!Array.isArray(answer.devices)) return null;
    const list: readonly unknown[] = answer.devices;
    const sessions = list.slice(0, MOST_SESSIONS).flatMap((raw) => sessionIn(raw, current));
    return sessions.sort(
      (a, b) => Number(b.isCurrent) - Number(a.isCurrent) || (b.lastSeenTs ?? 0) - (a.lastSeenTs ?? 0),
    );
  });

function sessionIn(raw: unknown, current: DeviceId): readonly DeviceSession[] {
  const deviceId = isObject(raw) ? stringOf(raw, "device_id") : null;
  if (!isObject(raw) || deviceId === null || deviceId === "" || deviceId.length > 255) return [];
  const name = plainText(raw.display_name, 255);
  const ip = plainText(raw.last_seen_ip, 100);
  const seen = numberOf(raw, "last_seen_ts");
  return [
    {
      deviceId: deviceId as DeviceId,
      name: name === null ? null : oneLine(name, 255),
      // Beyond, Date becomes invalid (MAL-09).
      lastSeenTs: seen !== null && seen > 0 && seen <= 8_640_000_000_000_000 ? seen : null,
      lastSeenIp: ip === null ? null : oneLine(ip, 100),
      isCurrent: deviceId === current,
    },
  ];
}

/** `PUT /devices/{deviceId}`. */
export const renameSession = (
  http: Http,
  { deviceId, name }: { readonly deviceId: DeviceId; readonly name: string },
): Promise<Result<void>> =>
  tell(http, {
    method: "PUT",
    path: path`/_matrix/client/v3/devices/${deviceId}`,
    body: { display_name: name },
  });

/** `POST /delete_devices`. */
export const deleteSessions = (
  http: Http,
  deviceIds: readonly DeviceId[],
  auth: AuthBody,
  signal: AbortSignal,
): Promise<Result<Interactive<true>>> =>
  askInteractively(
    http,
    { method: "POST", path: "/_matrix/client/v3/delete_devices", body: { devices: deviceIds }, signal },
    auth,
    () => true,
  );

/** `POST /account/password`, with a session or without one (PWD-01, PWD-02). */
export const putPassword = (
  http: Http,
  { newPassword, endOthers }: { readonly newPassword: string; readonly endOthers: boolean },
  auth: AuthBody,
  signal: AbortSignal,
): Promise<Result<Interactive<true>>> =>
  askInteractively(
    http,
    {
      method: "POST",
      path: "/_matrix/client/v3/account/password",
      body: { new_password: newPassword, logout_devices: endOthers },
      signal,
    },
    auth,
    () => true,
  );

/** `POST /account/deactivate`. */
export const deactivate = (
  http: Http,
  { erase }: { readonly erase: boolean },
  auth: AuthBody,
  signal: AbortSignal,
): Promise<Result<Interactive<true>>> =>
  askInteractively(
    http,
    { method: "POST", path: "/_matrix/client/v3/account/deactivate", body: { erase }, signal },
    auth,
    () => true,
  );
