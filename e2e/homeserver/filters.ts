import type { StoredEvent } from "./events.ts";
import { isObject, objectOr, stringList, type JsonObject } from "./json.ts";
import { invalidParam } from "./matrix-error.ts";

/** What an event must be like; missing lists allow everything. */
export interface EventFilter {
  limit: number | undefined;
  types: readonly string[] | undefined;
  notTypes: readonly string[];
  senders: readonly string[] | undefined;
  notSenders: readonly string[];
  rooms: readonly string[] | undefined;
  notRooms: readonly string[];
  containsUrl: boolean | undefined;
  isLazy: boolean;
  includeRedundant: boolean;
  /** Unread counts of threads are told apart. */
  countsThreads: boolean;
}

/** A /sync filter, parsed. */
export interface SyncFilter {
  timeline: EventFilter;
  state: EventFilter;
  ephemeral: EventFilter;
  roomAccountData: EventFilter;
  accountData: EventFilter;
  presence: EventFilter;
  rooms: readonly string[] | undefined;
  notRooms: readonly string[];
  includeLeave: boolean;
}

/** Parses a RoomEventFilter / EventFilter / StateFilter; wrong shapes are 400. */
export function parseEventFilter(json: unknown): EventFilter {
  if (json !== undefined && !isObject(json)) throw invalidParam("Filter is not an object");
  const given: JsonObject = objectOr(json);
  const limit = given["limit"];
  if (limit !== undefined && !(typeof limit === "number" && limit >= 0)) {
    throw invalidParam("limit must be a number of at least 0");
  }
  return {
    limit,
    types: list(given, "types"),
    notTypes: list(given, "not_types") ?? [],
    senders: list(given, "senders"),
    notSenders: list(given, "not_senders") ?? [],
    rooms: list(given, "rooms"),
    notRooms: list(given, "not_rooms") ?? [],
    containsUrl: typeof given["contains_url"] === "boolean" ? given["contains_url"] : undefined,
    isLazy: given["lazy_load_members"] === true,
    includeRedundant: given["include_redundant_members"] === true,
    countsThreads: given["unread_thread_notifications"] === true,
  };
}

function list(given: JsonObject, key: string): readonly string[] | undefined {
  const value = given[key];
  if (value !== undefined && !Array.isArray(value)) throw invalidParam(`${key} is not a list`);
  return stringList(value);
}

/** Parses the filter object of /sync. */
export function parseSyncFilter(json: unknown): SyncFilter {
  if (!isObject(json)) throw invalidParam("Filter is not an object");
  const room = json["room"] ?? {};
  if (!isObject(room)) throw invalidParam("room is not an object");
  return {
    timeline: parseEventFilter(room["timeline"]),
    state: parseEventFilter(room["state"]),
    ephemeral: parseEventFilter(room["ephemeral"]),
    roomAccountData: parseEventFilter(room["account_data"]),
    accountData: parseEventFilter(json["account_data"]),
    presence: parseEventFilter(json["presence"]),
    rooms: list(room, "rooms"),
    notRooms: list(room, "not_rooms") ?? [],
    includeLeave: room["include_leave"] === true,
  };
}

const patterns = new Map<string, RegExp>();

function matchesType(pattern: string, type: string): boolean {
  if (!pattern.includes("*")) return pattern === type;
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    const source = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    compiled = new RegExp(`^${source.join(".*")}$`, "s");
    patterns.set(pattern, compiled);
  }
  return compiled.test(type);
}

/** True when the filter lets this type through. */
export function allowsType(filter: EventFilter, type: string): boolean {
  if (filter.notTypes.some((pattern) => matchesType(pattern, type))) return false;
  return filter.types === undefined || filter.types.some((pattern) => matchesType(pattern, type));
}

function allowsSender(filter: EventFilter, sender: string): boolean {
  if (filter.notSenders.includes(sender)) return false;
  return filter.senders === undefined || filter.senders.includes(sender);
}

/** True when the room is wanted by the given lists. */
export function allowsRoom(
  filter: { rooms: readonly string[] | undefined; notRooms: readonly string[] },
  roomId: string,
): boolean {
  if (filter.notRooms.includes(roomId)) return false;
  return filter.rooms === undefined || filter.rooms.includes(roomId);
}

/** True when the event passes type, sender and contains_url. */
export function allowsEvent(filter: EventFilter, event: StoredEvent): boolean {
  const { raw } = event;
  if (filter.containsUrl !== undefined) {
    if ((typeof raw.content["url"] === "string") !== filter.containsUrl) return false;
  }
  return allowsType(filter, raw.type) && allowsSender(filter, raw.sender);
}
