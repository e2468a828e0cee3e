import type { JsonObject } from "./json.ts";
import type { PushRuleSet } from "./push-rules.ts";

/** Account data with its place in the stream. */
export interface DataEntry {
  content: JsonObject;
  position: number;
}

/** A member event a device has been sent, and the token that covered it. */
export interface KnownMember {
  eventId: string;
  position: number;
}

/** What one device has been told already, and what it has sent. */
export interface Device {
  deviceId: string;
  displayName: string | undefined;
  lastSeenTs: number;
  /** Endpoint and transaction id -> event id: the same PUT twice is one event. */
  transactions: Map<string, string>;
  /** Lazy loading: room -> member -> the member event sent, and the token that covered it. */
  knownMembers: Map<string, Map<string, KnownMember>>;
  /** Events to deliver a second time: room -> from index, once the token is at least `after`. */
  repeats: Map<string, { from: number; to: number; after: number }>;
}

/** One local account. */
export interface User {
  userId: string;
  localpart: string;
  password: string;
  displayName: string | undefined;
  avatarUrl: string | undefined;
  isDeactivated: boolean;
  /** Deactivated with the wish that others no longer see what they wrote. */
  isErased: boolean;
  /** Proven addresses. */
  contacts: { medium: string; address: string; addedAt: number }[];
  devices: Map<string, Device>;
  accountData: Map<string, DataEntry>;
  roomData: Map<string, Map<string, DataEntry>>;
  /** Room -> position of the latest change of this user's data there. */
  roomDataChangedAt: Map<string, number>;
  forgotten: Set<string>;
  /** By id; undefined where the server has forgotten one. */
  filters: (JsonObject | undefined)[];
  presence: JsonObject;
  presencePosition: number;
  pushRules: PushRuleSet;
}

/** Why a token is refused: as a soft logout, a hard one, or expired with a refresh token left. */
export type TokenState = "valid" | "soft" | "hard" | "refreshable";

/** An access token with the refresh token handed out beside it. */
export interface AccessToken {
  token: string;
  userId: string;
  deviceId: string;
  state: TokenState;
  /** ms since the epoch, null for never. */
  expiresAt: number | null;
  refreshToken: string | undefined;
  /** The pair this one was traded for; it dies when this one is first used. */
  replaces: AccessToken | undefined;
}

/** A fresh device without history. */
export function newDevice(deviceId: string, displayName: string | undefined): Device {
  return {
    deviceId,
    displayName,
    lastSeenTs: 0,
    transactions: new Map(),
    knownMembers: new Map(),
    repeats: new Map(),
  };
}
