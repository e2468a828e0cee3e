import type { DeviceId, UserId } from "../ids.ts";
import type { Failure } from "./failure.ts";

/** Where the access token lies at rest; shown to the user when it is weak. */
export type SecretsBackend = "os-keyring" | "os-weak" | "file";

export interface Account {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  /** Base URL of the homeserver, without a trailing slash. */
  readonly homeserver: string;
  readonly displayName: string | null;
  /** Path below the resources base, ready for `<img src>`, or null. */
  readonly avatar: string | null;
}

export type Session =
  | {
      readonly state: "signed-out";
      readonly reason: SignedOutReason | null;
      readonly secrets: SecretsBackend;
    }
  | { readonly state: "signed-in"; readonly account: Account; readonly secrets: SecretsBackend }
  /** The server wants the password again; rooms, queue and drafts are kept (ERR-02). */
  | { readonly state: "soft-signed-out"; readonly account: Account; readonly secrets: SecretsBackend };

export type SignedOutReason = "user" | "server" | "secrets-lost";

/** One way the server offers to sign in, from `GET /login`. */
export interface LoginFlow {
  readonly type: string;
  /** Whom `m.login.sso` asks, where the server names them. Plain text. */
  readonly identityProviders?: readonly { readonly id: string; readonly name: string }[];
}

/** What discovery found (spec: Server Discovery). */
export interface DiscoveredServer {
  readonly baseUrl: string;
  readonly serverName: string | null;
  /** Localpart or full id that the typed text contained, or null. */
  readonly user: string | null;
  readonly flows: readonly LoginFlow[];
  /** The server has the OAuth 2.0 API (v1.15); absent where it has not. */
  readonly oauth?: { readonly canRegister: boolean };
  /** Plain http to a host that is not this machine (TRN-02). */
  readonly isInsecure: boolean;
}

/** The state of the connection to the homeserver; one union, shown by `<html data-connection>`. */
export type Connection =
  | { readonly state: "signed-out" }
  | { readonly state: "signed-out-soft" }
  /** Reading the store; nothing was asked of the server yet. */
  | { readonly state: "starting" }
  /** A sync response that brings us up to date is on its way or being applied. `progress` 0…1 while a first sync is applied. */
  | { readonly state: "catching-up"; readonly isFirst: boolean; readonly progress: number | null }
  | { readonly state: "live" }
  /** Waiting to try again; `until` is ms since the epoch. */
  | { readonly state: "offline"; readonly until: number; readonly failure: Failure }
  /** Stopped until the user does something: the disk, or a bug. */
  | { readonly state: "stopped"; readonly failure: Failure };
