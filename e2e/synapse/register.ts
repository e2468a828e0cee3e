import { createHmac } from "node:crypto";
import { request } from "./request.ts";

/** A user of a real homeserver, signed in once for seeding. */
export interface SynapseUser {
  userId: string;
  localpart: string;
  password: string;
  accessToken: string;
  deviceId: string;
}

interface RegisterAnswer {
  user_id: string;
  access_token: string;
  device_id: string;
}

const asUser = (answer: RegisterAnswer, localpart: string, password: string): SynapseUser => ({
  userId: answer.user_id,
  localpart,
  password,
  accessToken: answer.access_token,
  deviceId: answer.device_id,
});

/** Registers a user by open registration, with a display name when one is given. */
export async function register(
  baseUrl: string,
  localpart: string,
  password: string,
  displayName?: string,
): Promise<SynapseUser> {
  const answer = await request<RegisterAnswer>(baseUrl, {
    method: "POST",
    path: "/_matrix/client/v3/register",
    body: { username: localpart, password, auth: { type: "m.login.dummy" } },
  });
  const user = asUser(answer, localpart, password);
  if (displayName !== undefined) await setDisplayName(baseUrl, user, displayName);
  return user;
}

/**
 * Registers somebody on a server that is closed to others, by its `registration_shared_secret` (Synapse's own admin API).
 */
export async function registerWithSecret(
  baseUrl: string,
  secret: string,
  { localpart, password, isAdmin = false }: { localpart: string; password: string; isAdmin?: boolean },
): Promise<SynapseUser> {
  const path = "/_synapse/admin/v1/register";
  const { nonce } = await request<{ nonce: string }>(baseUrl, { method: "GET", path });
  const signed = [nonce, localpart, password, isAdmin ? "admin" : "notadmin"].join("\0");
  const mac = createHmac("sha1", secret).update(signed).digest("hex");
  const body = { nonce, username: localpart, password, admin: isAdmin, mac };
  const answer = await request<RegisterAnswer>(baseUrl, { method: "POST", path, body });
  return asUser(answer, localpart, password);
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
