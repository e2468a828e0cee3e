import { isEdit, relationOf, type StoredEvent } from "./events.ts";
import { lowerBound } from "./json.ts";

/** A read receipt as stored: the event read, when, and its place in the stream. */
export interface StoredReceipt {
  type: string;
  userId: string;
  eventId: string;
  threadId: string | undefined;
  ts: number;
  position: number;
}

const PRESENT = new Set(["join", "invite"]);

/**
 * One room: its timeline in server order and indexes over it, so that "state before event i" and
 * "events after position p" cost a binary search whatever the room's length.
 */
export class Room {
  readonly id: string;
  readonly version: string;
  readonly timeline: StoredEvent[] = [];
  readonly byId = new Map<string, StoredEvent>();
  /** State events only, in order. */
  readonly stateEvents: StoredEvent[] = [];
  /** type -> state key -> that state's events, oldest first. */
  readonly history = new Map<string, Map<string, StoredEvent[]>>();
  readonly relations = new Map<string, StoredEvent[]>();
  readonly joined = new Set<string>();
  /** Joined or invited, in the order they first came. */
  readonly present = new Set<string>();
  /** Timeline indexes of events that notify others by the default push rules. */
  readonly notifying: number[] = [];
  /** The same, by sender: what a reader must not count as unread. */
  readonly notifyingBy = new Map<string, number[]>();
  readonly receipts = new Map<string, StoredReceipt>();
  readonly typing = new Set<string>();
  typingChangedAt = 0;
  membersChangedAt = 0;
  receiptsChangedAt = 0;
  /** Position of the latest change of any kind a member may see. */
  changedAt = 0;

  constructor(id: string, version: string) {
    this.id = id;
    this.version = version;
  }

  /** Files the event at the end of the timeline; sets its index and what it replaces. */
  append(event: StoredEvent): void {
    event.index = this.timeline.length;
    this.timeline.push(event);
    if (!this.byId.has(event.raw.event_id)) this.byId.set(event.raw.event_id, event);
    this.changedAt = event.position;
    if (event.raw.state_key !== undefined) this.#appendState(event, event.raw.state_key);
    else this.#appendMessage(event);
    const relation = relationOf(event.raw);
    if (relation !== undefined) append(this.relations, relation.target, event);
  }

  #appendState(event: StoredEvent, stateKey: string): void {
    let byKey = this.history.get(event.raw.type);
    if (byKey === undefined) this.history.set(event.raw.type, (byKey = new Map<string, StoredEvent[]>()));
    event.previous = byKey.get(stateKey)?.at(-1) ?? null;
    append(byKey, stateKey, event);
    this.stateEvents.push(event);
    if (event.raw.type === "m.room.member") this.#noteMember(stateKey, event);
  }

  #noteMember(userId: string, event: StoredEvent): void {
    const membership = event.raw.content["membership"];
    this.membersChangedAt = event.position;
    if (membership === "join") this.joined.add(userId);
    else this.joined.delete(userId);
    if (PRESENT.has(String(membership))) this.present.add(userId);
    else this.present.delete(userId);
  }

  #appendMessage(event: StoredEvent): void {
    const { type, content, sender } = event.raw;
    const isMessage = type === "m.room.message" && content["msgtype"] !== "m.notice";
    const isOther = type === "m.room.encrypted" || type === "m.call.invite";
    if (!(isMessage || isOther) || isEdit(event.raw)) return;
    this.notifying.push(event.index);
    append(this.notifyingBy, sender, event.index);
  }

  /** A redacted message no longer counts as unread. */
  forgetNotification(event: StoredEvent): void {
    for (const indexes of [this.notifying, this.notifyingBy.get(event.raw.sender) ?? []]) {
      const at = lowerBound(indexes, (index) => index >= event.index);
      if (indexes[at] === event.index) indexes.splice(at, 1);
    }
  }

  /** The current state event. */
  state(type: string, stateKey = ""): StoredEvent | undefined {
    return this.history.get(type)?.get(stateKey)?.at(-1);
  }

  /** The state event in force just before the event at `index`. */
  stateBefore(index: number, type: string, stateKey: string): StoredEvent | undefined {
    const events = this.history.get(type)?.get(stateKey);
    return events === undefined ? undefined : latestBefore(events, index);
  }

  /** All state in force just before `index`; `includeType` leaves whole types out early. */
  allStateBefore(index: number, includeType: (type: string) => boolean): StoredEvent[] {
    const found: StoredEvent[] = [];
    for (const [type, byKey] of this.history) {
      if (!includeType(type)) continue;
      for (const events of byKey.values()) {
        const event = latestBefore(events, index);
        if (event !== undefined) found.push(event);
      }
    }
    return found;
  }

  /** Membership of the user just before `index` (default: now); "leave" if never there. */
  membership(userId: string, index = this.timeline.length): string {
    const event = this.stateBefore(index, "m.room.member", userId);
    const membership = event?.raw.content["membership"];
    return typeof membership === "string" ? membership : "leave";
  }

  /** Index of the first event after the stream position. */
  indexAfter(position: number): number {
    const last = this.timeline.at(-1);
    if (last === undefined || last.position <= position) return this.timeline.length;
    return lowerBound(this.timeline, (event) => event.position > position);
  }
}

function latestBefore(events: readonly StoredEvent[], index: number): StoredEvent | undefined {
  const last = events.at(-1);
  if (last !== undefined && last.index < index) return last;
  return events[lowerBound(events, (event) => event.index >= index) - 1];
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
