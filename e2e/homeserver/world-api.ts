import type { RawEvent } from "./events.ts";
import type { JsonObject } from "./json.ts";
import type { SentMessage } from "./contacts.ts";
import type { MembershipExtras } from "./membership.ts";
import type { BrowserLogin } from "./browser-login.ts";
import type { Stages } from "./uia.ts";

/** An account as tests see it. */
export interface TestUser {
  readonly userId: string;
  readonly localpart: string;
  /** As it is now. */
  readonly password: string;
  readonly displayName: string | undefined;
  readonly avatarUrl: string | undefined;
  /** Device ids of its open sessions. */
  readonly deviceIds: readonly string[];
  readonly isDeactivated: boolean;
  readonly isErased: boolean;
  readonly contacts: readonly { readonly medium: string; readonly address: string }[];
}

/** A picture for an avatar or an upload. */
export interface Picture {
  bytes: Uint8Array;
  contentType: string;
}

/** A new room. Users may be named by localpart or by full id; anyone may be from elsewhere. */
export interface RoomOptions {
  creator: string;
  members?: string[];
  invited?: string[];
  name?: string;
  topic?: string;
  /** Also writes m.direct of the creator and of each member. */
  isDirect?: boolean;
  encrypted?: boolean;
  /** Default 11: ids with a domain, creator with power 100. */
  version?: string;
  /** `#name:server` or just `name`. */
  alias?: string;
  avatarMxc?: string;
  historyVisibility?: string;
  joinRule?: string;
  powerLevels?: JsonObject;
  initialState?: { type: string; stateKey?: string; content: JsonObject }[];
  /** In the published room list. */
  published?: boolean;
  type?: string;
}

/** Options of world.sendMessage. */
export interface SendOptions {
  originServerTs?: number;
  /** Default m.room.message. */
  type?: string;
  /** Shown to every device of the sender as unsigned.transaction_id. */
  transactionId?: string;
}

/** One entry of world.sendMany. */
export interface BulkEvent {
  sender: string;
  content: JsonObject | string;
  type?: string;
  stateKey?: string;
  originServerTs?: number;
}

/** Direct, synchronous manipulation; nothing is checked against power levels or membership. */
export interface World {
  /** Spec versions announced by /versions; the v3 and r0 prefixes exist accordingly. */
  versions: string[];
  unstableFeatures: Record<string, boolean>;
  capabilities: Record<string, unknown>;
  /** Which media endpoints exist; default "both". */
  media: "authenticated" | "legacy" | "both";
  loginFlows: Record<string, unknown>[];
  /** Body of /.well-known/matrix/client; null: 404; undefined: points here. */
  wellKnown: unknown;
  /** Body of /voip/turnServer; null: none. */
  turnServer: unknown;
  /** Lifetime of access tokens that come with a refresh token, ms; null: no limit. */
  accessTokenLifetimeMs: number | null;
  maxUploadBytes: number;
  /** What has to be done before something protected is carried out: flows, their params, registration tokens. */
  stages: Stages;
  /** Who is at the browser for single sign-on and OAuth 2.0, and whether the latter is there. */
  readonly browser: BrowserLogin;

  addUser(
    localpart: string,
    options?: { password?: string; displayName?: string; avatar?: Picture },
  ): TestUser;
  /** The account; throws for an unknown one. */
  user(localpartOrId: string): TestUser;
  /** Changes the profile and the member events in all rooms the user is in. */
  setProfile(user: string, profile: { displayName?: string; avatarMxc?: string }): void;
  deactivate(user: string): void;
  /** Gives the account a proven address, as if added long ago. */
  addContact(user: string, medium: "email" | "msisdn", address: string): void;
  /** Mails and text messages the server has sent, oldest first. */
  messages(): readonly SentMessage[];

  createRoom(options: RoomOptions): string;
  sendMessage(
    roomId: string,
    sender: string,
    bodyOrContent: string | JsonObject,
    options?: SendOptions,
  ): string;
  sendState(
    roomId: string,
    sender: string,
    type: string,
    stateKey: string,
    content: JsonObject,
    options?: { originServerTs?: number },
  ): string;
  /** Bulk history: `make` is called with 0…n-1. */
  sendMany(roomId: string, n: number, make: (index: number) => BulkEvent): string[];
  redact(roomId: string, sender: string, eventId: string, reason?: string): string;
  /**
   * Appends any JSON to the timeline, served exactly as given. Returns its event_id, or the one
   * the server files it under when it has none. A whole state event also takes effect as state.
   */
  inject(roomId: string, rawEvent: unknown): string;

  join(roomId: string, user: string, extras?: MembershipExtras): string;
  leave(roomId: string, user: string, reason?: string): string;
  invite(roomId: string, user: string, by?: string, extras?: MembershipExtras): string;
  knock(roomId: string, user: string, reason?: string): string;
  kick(roomId: string, user: string, by?: string, reason?: string): string;
  ban(roomId: string, user: string, by?: string, reason?: string): string;

  setTyping(roomId: string, users: string[]): void;
  /** Type defaults to m.read; m.fully_read becomes account data. */
  receipt(roomId: string, user: string, eventId: string, type?: string, threadId?: string): void;
  setPresence(user: string, content: JsonObject): void;
  accountData(user: string, roomId: string | null, type: string, content: JsonObject): void;
  uploadMedia(bytes: Uint8Array, contentType: string, fileName?: string): string;
  /** A page of the web that this server can preview: Open Graph properties. Any other is out of its reach. */
  addPage(url: string, properties: JsonObject): void;
  /** Puts the alias in place, or takes it away with roomId null. */
  setAlias(alias: string, roomId: string | null): void;

  /** The room's events in server order, oldest first; redacted ones as they are now. */
  events(roomId: string): readonly RawEvent[];
  /** Ids of all rooms. */
  rooms(): readonly string[];
  /** Current state content. */
  state(roomId: string, type: string, stateKey?: string): JsonObject | undefined;
  members(roomId: string): readonly string[];
  typing(roomId: string): readonly string[];
  /** Latest receipts of a room. */
  receipts(
    roomId: string,
  ): readonly { userId: string; type: string; eventId: string; threadId: string | undefined }[];
  /** Account data as set by anyone. */
  readAccountData(user: string, roomId: string | null, type: string): JsonObject | undefined;
  /** Calls the listener for every new event, also those sent over HTTP; answers how to stop. */
  watch(listener: (roomId: string, event: RawEvent) => void): () => void;
  /** The server's clock, ms. */
  now(): number;
  /** Runs `act` with the server's clock at the given time: for history of other days. */
  at<T>(time: number, act: () => T): T;

  /** Logs in without HTTP; for tests that need a token at once. */
  login(user: string, deviceId?: string): { accessToken: string; deviceId: string };
  /**
   * Ends the user's tokens. "soft" and "hard": gone, with soft_logout true or false; "refreshable":
   * expired, the refresh token still works.
   */
  expireToken(user: string, mode: "soft" | "hard" | "refreshable"): void;
  /** Forgets all stored filters: /sync with an old filter id is refused from now on. */
  forgetFilters(user: string): void;
}
