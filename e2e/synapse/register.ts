import { request } from "./request.ts";

/** A user of a real homeserver, signed in once for seeding. */
export interface SynapseUser {
  userId: string;
  localpart: string;
  password: string;
  accessToken: string;
  deviceId: string;
}

/** Registers a user by open registration, with a display name when one is given. */
export async function register(
  baseUrl: string,
  localpart: string,
  password: string,
  displayName?: string,
): Promise<SynapseUser> {
  const answer = await request<{ user_id: string; access_token: string; device_id: string }>(baseUrl, {
    method: "POST",
    path: "/_matrix/client/v3/register",
    body: { username: localpart, password, auth: { type: "m.login.dummy" } },
  });
  const user = {
    userId: answer.user_id,
    localpart,
    password,
    accessToken: answer.access_token,
    deviceId: answer.device_id,
  };
  if (displayName !== undefined) await setDisplayName(baseUrl, user, displayName);
  return user;
}

/** Renames a user everywhere: one member event in every room they are in. */
export async function setDisplayName(baseUrl: string, user: SynapseUser, displayName: string): Promise<void> {
  await request(baseUrl, {
    method: "PUT",
    path: `/_matrix/client/v3/profile/${encodeURIComponent(user.userId)}/displayname`,
    token: user.accessToken,
    body: { displayname: displayName },
  });
}
