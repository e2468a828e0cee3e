import type { FaultTable } from "./faults.ts";
import type { ServerState } from "./state.ts";
import type { BrowserLogin } from "./browser-login.ts";
import type { Stages } from "./uia.ts";
import type { UnreadCounter } from "./unread.ts";

/** What handlers work with: the state and the switches of one homeserver. */
export interface Site {
  readonly state: ServerState;
  readonly faults: FaultTable;
  readonly unread: UnreadCounter;
  readonly omitTransactionId: boolean;
  /** Spec versions announced; they also decide which path prefixes exist. */
  versions: string[];
  unstableFeatures: Record<string, boolean>;
  capabilities: Record<string, unknown>;
  /** Which media endpoints exist. */
  media: "authenticated" | "legacy" | "both";
  /** Login flows offered by GET /login. */
  loginFlows: Record<string, unknown>[];
  /** Body of /.well-known/matrix/client; null for 404; undefined for the truth. */
  wellKnown: unknown;
  /** Body of /voip/turnServer; null for "no TURN here" ({}). */
  turnServer: unknown;
  /** Lifetime of access tokens that come with a refresh token, ms; null for no limit. */
  accessTokenLifetimeMs: number | null;
  /** What has to be done before something protected is carried out. */
  stages: Stages;
  /** Who is at the browser, and what it may do. */
  readonly browser: BrowserLogin;
  /** Largest upload, bytes. */
  maxUploadBytes: number;
  baseUrl(): string;
}
