import { stringOf, type JsonObject } from "../event.ts";
import type { Result } from "../failure.ts";
import { tell } from "./endpoint.ts";
import type { Http } from "./http.ts";
import { askInteractively, type AuthBody, type Interactive } from "./interactive.ts";
import { isUserId, parseLogin, type LoginAnswer } from "./login.ts";

/** `GET /register/available`; fails with the reason where the name cannot be had (REG-10). */
export const checkUsername = (http: Http, username: string): Promise<Result<void>> =>
  tell(http, { method: "GET", path: "/_matrix/client/v3/register/available", query: { username } });

export interface NewAccount {
  /** Localpart; empty: the server makes one up (REG-02). */
  readonly username: string;
  readonly password: string;
  readonly deviceName: string;
}

/** An account that was made; without a session where the server gave none. */
export interface Registered {
  readonly login: LoginAnswer | null;
}

/** `POST /register`, without a token (REG-01). */
export const register = (
  http: Http,
  account: NewAccount,
  auth: AuthBody,
  signal: AbortSignal,
): Promise<Result<Interactive<Registered>>> =>
  askInteractively(
    http,
    {
      method: "POST",
      path: "/_matrix/client/v3/register",
      query: { kind: "user" },
      body: {
        ...(account.username === "" ? {} : { username: account.username }),
        password: account.password,
        initial_device_display_name: account.deviceName,
        refresh_token: true,
        inhibit_login: false,
      },
      signal,
    },
    auth,
    parseRegistered,
  );

function parseRegistered(answer: JsonObject): Registered | null {
  const userId = stringOf(answer, "user_id");
  if (userId === null || !isUserId(userId)) return null;
  return { login: parseLogin(answer) };
}
