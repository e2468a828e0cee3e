import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import {
  isObject,
  numberOf,
  objectOf,
  parseEvent,
  parseStripped,
  stringOf,
  type JsonObject,
  type MatrixEvent,
  type StrippedEvent,
} from "../event.ts";

// From the raw body of /sync to types. Tolerant and pure: every event is checked on its own, what is malformed is
// counted and left out, and nothing here throws (MAL-01…03). snake_case ends in this file.

export interface SyncUpdate {
  readonly nextBatch: string;
  readonly joined: readonly RoomUpdate[];
  readonly left: readonly RoomUpdate[];
  readonly invited: readonly StrippedRoom[];
  readonly knocked: readonly StrippedRoom[];
  readonly accountData: readonly TypedContent[];
  /** Of people, not of rooms (PRE-01). */
  readonly presence: readonly { readonly sender: UserId; readonly content: JsonObject }[];
  /** Events left out because their envelope was unusable. */
  readonly malformed: number;
}

export interface TypedContent {
  readonly type: string;
  readonly content: JsonObject;
}

export interface RoomUpdate {
  readonly roomId: RoomId;
  /** State at the start of the timeline (SYN-20). */
  readonly state: readonly MatrixEvent[];
  readonly timeline: readonly MatrixEvent[];
  readonly isLimited: boolean;
  readonly prevBatch: string | null;
  readonly summary: RoomCounts;
  /** Absent parts did not change. */
  readonly unread: {
    readonly count: number;
    readonly highlight: number;
    /** Of these, what stands in threads, by root. */
    readonly threads: ReadonlyMap<EventId, { readonly unread: number; readonly highlight: number }>;
  } | null;
  readonly ephemeral: readonly TypedContent[];
  readonly accountData: readonly TypedContent[];
}

export interface RoomCounts {
  readonly heroes: readonly UserId[] | null;
  readonly joined: number | null;
  readonly invited: number | null;
}

export interface StrippedRoom {
  readonly roomId: RoomId;
  readonly state: readonly StrippedEvent[];
}

/** The update, or null when the body is not a sync response at all. */
export function parseSync(body: unknown): SyncUpdate | null {
  if (!isObject(body)) return null;
  const nextBatch = stringOf(body, "next_batch");
  if (nextBatch === null || nextBatch === "") return null;
  const rooms = objectOf(body, "rooms");
  const count = { malformed: 0 };
  return {
    nextBatch,
    joined: roomsOf(rooms, "join").map(([roomId, room]) => parseRoom(roomId, room, count)),
    left: roomsOf(rooms, "leave").map(([roomId, room]) => parseRoom(roomId, room, count)),
    invited: roomsOf(rooms, "invite").map(([roomId, room]) =>
      parseStrippedRoom(roomId, room, "invite_state"),
    ),
    knocked: roomsOf(rooms, "knock").map(([roomId, room]) => parseStrippedRoom(roomId, room, "knock_state")),
    accountData: parseTyped(objectOf(body, "account_data")),
    presence: parsePresences(objectOf(body, "presence")),
    malformed: count.malformed,
  };
}

/** Room ids longer than 255 bytes are not ids (SIZE-03); they are left out. */
function roomsOf(rooms: JsonObject, key: string): [RoomId, JsonObject][] {
  return Object.entries(objectOf(rooms, key)).filter(
    (entry): entry is [RoomId, JsonObject] => entry[0] !== "" && entry[0].length <= 255 && isObject(entry[1]),
  );
}

function parseRoom(roomId: RoomId, room: JsonObject, count: { malformed: number }): RoomUpdate {
  const timeline = objectOf(room, "timeline");
  const unread = parseUnread(room);
  return {
    roomId,
    state: parseEvents(objectOf(room, "state"), count),
    timeline: parseEvents(timeline, count),
    isLimited: timeline["limited"] === true,
    prevBatch: stringOf(timeline, "prev_batch"),
    summary: parseSummary(objectOf(room, "summary")),
    unread,
    ephemeral: parseTyped(objectOf(room, "ephemeral")),
    accountData: parseTyped(objectOf(room, "account_data")),
  };
}

/** The main timeline's counts and, where the server tells them apart, those of all threads. */
function parseUnread(room: JsonObject): RoomUpdate["unread"] {
  const main = objectOf(room, "unread_notifications");
  if (numberOf(main, "notification_count") === null && numberOf(main, "highlight_count") === null)
    return null;
  const byThread = objectOf(room, "unread_thread_notifications");
  const threads = new Map<EventId, { unread: number; highlight: number }>();
  for (const [root, counts] of Object.entries(byThread)) {
    if (!isObject(counts) || root.length > MAX_ID || threads.size >= MAX_THREADS) continue;
    threads.set(root as EventId, {
      unread: wholeCount(numberOf(counts, "notification_count")),
      highlight: wholeCount(numberOf(counts, "highlight_count")),
    });
  }
  const all = [...threads.values()];
  return {
    count: wholeCount(numberOf(main, "notification_count")) + all.reduce((sum, one) => sum + one.unread, 0),
    highlight:
      wholeCount(numberOf(main, "highlight_count")) + all.reduce((sum, one) => sum + one.highlight, 0),
    threads,
  };
}

/** Longer ids are none; and no room has more threads with something unread than a list could show. */
const MAX_ID = 1024;
const MAX_THREADS = 1000;

const wholeCount = (value: number | null): number =>
  Math.min(Math.max(Math.trunc(value ?? 0), 0), Number.MAX_SAFE_INTEGER);

function parseEvents(container: JsonObject, count: { malformed: number }): MatrixEvent[] {
  const parsed: MatrixEvent[] = [];
  for (const raw of listOf(container, "events")) {
    const event = parseEvent(raw);
    if (event === null) count.malformed += 1;
    else parsed.push(event);
  }
  return parsed;
}

function parseSummary(summary: JsonObject): RoomCounts {
  const heroes = summary["m.heroes"];
  const joined = numberOf(summary, "m.joined_member_count");
  const invited = numberOf(summary, "m.invited_member_count");
  return {
    heroes: Array.isArray(heroes)
      ? heroes.filter((hero): hero is UserId => typeof hero === "string").slice(0, 10)
      : null,
    joined: joined === null ? null : wholeCount(joined),
    invited: invited === null ? null : wholeCount(invited),
  };
}

function parseStrippedRoom(roomId: RoomId, room: JsonObject, key: string): StrippedRoom {
  const state: StrippedEvent[] = [];
  for (const raw of listOf(objectOf(room, key), "events")) {
    const event = parseStripped(raw);
    if (event !== null) state.push(event);
  }
  return { roomId, state };
}

function parseTyped(container: JsonObject): TypedContent[] {
  const parsed: TypedContent[] = [];
  for (const raw of listOf(container, "events")) {
    if (!isObject(raw)) continue;
    const type = stringOf(raw, "type");
    if (type !== null && isObject(raw["content"])) parsed.push({ type, content: raw["content"] });
  }
  return parsed;
}

function parsePresences(container: JsonObject): SyncUpdate["presence"] {
  return listOf(container, "events").flatMap((raw) => {
    if (!isObject(raw) || raw["type"] !== "m.presence" || !isObject(raw["content"])) return [];
    // The 2015 API names the person inside the content.
    const sender = stringOf(raw, "sender") ?? stringOf(raw["content"], "user_id");
    return sender === null || sender.length > 255
      ? []
      : [{ sender: sender as UserId, content: raw["content"] }];
  });
}

function listOf(container: JsonObject, key: string): readonly unknown[] {
  const list = container[key];
  return Array.isArray(list) ? (list as readonly unknown[]) : [];
}
