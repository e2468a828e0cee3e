import { failed, invalid, ok, type Result } from "../failure.ts";
import { createHttp } from "../homeserver/http.ts";
import { checkUsername as askUsername, register } from "../homeserver/registration.ts";
import type { Platform } from "../platform.ts";
import { serverOf, sessionOf, type SignInPlatform } from "./sign-in.ts";
import type { StoredSession } from "./stored-session.ts";
import type { Authenticating } from "./uia/authenticating.ts";

export interface NewAccountParams {
  /** Base URL as discovery found it, or anything discovery understands. */
  readonly homeserver: string;
  /** A localpart, or a full id of that server; empty: the server makes one up (REG-02). */
  readonly username: string;
  readonly password: string;
}

type RegistrationPlatform = SignInPlatform & Pick<Platform, "clock">;

/** The localpart of what was typed, or null for the id of another kind. `@bob:server` is taken for `bob` (REG-02). */
export function localpartOf(typed: string): string {
  const text = typed.trim();
  return (text.startsWith("@") ? text.slice(1) : text).replace(/:.*$/, "");
}

export async function checkUsername(
  platform: RegistrationPlatform,
  { homeserver, username }: Pick<NewAccountParams, "homeserver" | "username">,
): Promise<Result<void>> {
  const localpart = localpartOf(username);
  if (localpart === "") return failed(invalid("no name"));
  const server = await serverOf(platform, homeserver);
  if (!server.ok) return server;
  const { baseUrl, api } = server.value;
  return askUsername(createHttp({ platform, baseUrl, authorise: null, clientApi: api.clientApi }), localpart);
}

/** Makes the account, through the server's stages; answers the session to store (REG-05). */
export async function openNewAccount(
  platform: RegistrationPlatform,
  authenticating: Authenticating,
  params: NewAccountParams,
): Promise<Result<StoredSession>> {
  const server = await serverOf(platform, params.homeserver);
  if (!server.ok) return server;
  const { baseUrl, api } = server.value;
  const http = createHttp({ platform, baseUrl, authorise: null, clientApi: api.clientApi });
  const account = {
    username: localpartOf(params.username),
    password: params.password,
    deviceName: platform.deviceName,
  };
  const made = await authenticating.run({
    ...{ purpose: "register", baseUrl, userId: null, http, resumeKey: baseUrl },
    ask: (auth, signal) => register(http, account, auth, signal),
  });
  if (!made.ok) return made;
  // An account without a session (one that an administrator has to approve, for example) signs in later.
  if (made.value.login === null) return failed({ kind: "rejected", message: "registered-without-session" });
  return ok(await sessionOf(platform, made.value.login, baseUrl, api));
}
