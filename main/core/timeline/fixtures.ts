import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import { parseEvent, type JsonObject, type MatrixEvent } from "../event.ts";
import { realClock } from "../fake-platform.ts";
import { openDatabase, type Database, type Statement } from "../store/database.ts";
import { cacheMigrations } from "../store/migrations.ts";
import { timelineQueries } from "../store/queries/timeline.ts";
import { createTimelineWriter, type AppendHooks, type TimelineWriter } from "./apply.ts";
import { profileIn, type Profile } from "./profile.ts";
import { floorOf, newestGap } from "./segments.ts";

// Test support: small builders and a timeline on a real database. Nothing of the product imports it.

export const alice = "@alice:example.org" as UserId;
export const bob = "@bob:example.org" as UserId;
export const carol = "@carol:example.org" as UserId;
export const room = "!room:example.org" as RoomId;

let counter = 0;
export const newEventId = (): EventId => `$${(counter += 1).toString(36)}` as EventId;

export interface EventParts {
  readonly id?: string;
  readonly type?: string;
  readonly sender?: string;
  readonly ts?: number;
  readonly stateKey?: string;
  readonly content?: JsonObject;
  readonly unsigned?: JsonObject;
  readonly [more: string]: unknown;
}

/** Any event; what is not named is that of a plain message of Alice's. */
export function anEvent(parts: EventParts = {}): MatrixEvent {
  const { id, type, sender, ts, stateKey, content, unsigned, ...more } = parts;
  const event = parseEvent({
    event_id: id ?? newEventId(),
    type: type ?? "m.room.message",
    sender: sender ?? alice,
    origin_server_ts: ts ?? 1_700_000_000_000 + counter * 1000,
    content: content ?? { msgtype: "m.text", body: "hello" },
    ...(stateKey === undefined ? {} : { state_key: stateKey }),
    ...(unsigned === undefined ? {} : { unsigned }),
    ...more,
  });
  if (event === null) throw new Error("not an event");
  return event;
}

export const aMessage = (body: string, parts: EventParts = {}): MatrixEvent =>
  anEvent({ content: { msgtype: "m.text", body }, ...parts });

/** A member event of a person about themselves. `prev` is what it replaces. */
export const aMember = (
  userId: UserId,
  content: JsonObject,
  prev?: JsonObject,
  parts: EventParts = {},
): MatrixEvent =>
  anEvent({
    type: "m.room.member",
    sender: userId,
    stateKey: userId,
    content: { membership: "join", ...content },
    ...(prev === undefined ? {} : { unsigned: { prev_content: { membership: "join", ...prev } } }),
    ...parts,
  });

export const aRedaction = (redacts: string, parts: EventParts = {}): MatrixEvent =>
  anEvent({ type: "m.room.redaction", content: { redacts }, ...parts });

export function openCache(path = ":memory:"): Database {
  const clock = realClock();
  return openDatabase({ path, migrations: cacheMigrations, synchronous: "NORMAL", clock, log: () => {} });
}

const idsSql = `-- name: ids
SELECT event_id AS eventId FROM timeline
WHERE room_id = @roomId AND segment >= @floor ORDER BY segment, position;`;

/** A timeline on a real database, with current members kept the way the rooms code does. */
export class TestTimeline {
  readonly cache: Database;
  readonly writer: TimelineWriter;
  readonly q: ReturnType<typeof timelineQueries>;
  readonly members = new Map<string, Profile>();
  readonly stored: MatrixEvent[] = [];
  readonly ids: Statement<{ roomId: RoomId; floor: number }, { eventId: string }>;
  readonly roomId: RoomId;

  constructor(cache: Database = openCache(), roomId: RoomId = room) {
    this.cache = cache;
    this.roomId = roomId;
    this.writer = createTimelineWriter({ store: { cache }, cleanHtml: (html) => `<clean>${html}` });
    this.q = timelineQueries(cache);
    this.ids = cache.statements(idsSql)<{ roomId: RoomId; floor: number }, { eventId: string }>("ids");
  }

  readonly hooks: AppendHooks = {
    profileOf: (userId) => this.members.get(userId) ?? null,
    onStored: (event) => {
      this.stored.push(event);
      const profile = event.type === "m.room.member" ? profileIn(event.content) : null;
      if (profile !== null && event.stateKey !== null) this.members.set(event.stateKey, profile);
    },
  };

  append(
    events: readonly MatrixEvent[],
    chunk: { isLimited?: boolean; prevBatch?: string | null } = {},
  ): ReturnType<TimelineWriter["append"]> {
    const { isLimited = false, prevBatch = null } = chunk;
    return this.cache.transaction(() =>
      this.writer.append(this.roomId, { events, isLimited, prevBatch }, this.hooks),
    );
  }

  readAgain(token: string | null): void {
    this.cache.transaction(() => this.writer.readAgain(this.roomId, token));
  }

  gap(): { segment: number; token: string } | null {
    return newestGap(this.q.segments.all({ roomId: this.roomId }));
  }

  /** Puts a page (newest first) into the newest gap. */
  page(
    events: readonly MatrixEvent[],
    end: string | null = null,
    state: readonly MatrixEvent[] = [],
  ): ReturnType<TimelineWriter["prepend"]> {
    const gap = this.gap();
    if (gap === null) throw new Error("no gap");
    return this.cache.transaction(() =>
      this.writer.prepend(this.roomId, gap.segment, gap.token, { events, state, end }),
    );
  }

  /** The contiguous rows that are shown, oldest first. */
  visible() {
    const segments = this.q.segments.all({ roomId: this.roomId });
    const newest = segments.at(-1)?.segment ?? 0;
    const floor = floorOf(segments, newest);
    const end = { segment: newest + 1, position: 0 };
    return this.q.rowsBefore.all({ roomId: this.roomId, floor, ...end, limit: 1_000_000 }).reverse();
  }

  /** The ids of `visible`, read as cheaply as a model test with a hundred thousand steps needs it. */
  visibleIds(): string[] {
    const segments = this.q.segments.all({ roomId: this.roomId });
    const floor = floorOf(segments, segments.at(-1)?.segment ?? 0);
    return this.ids.all({ roomId: this.roomId, floor }).map((row) => row.eventId);
  }

  /** Shown name by event id, null where only the user id is known. */
  names(): Record<string, string | null> {
    return Object.fromEntries(this.visible().map((row) => [row.eventId, row.senderName]));
  }
}
