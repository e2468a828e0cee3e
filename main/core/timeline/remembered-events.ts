import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import { isObject, objectOf, stringOf, type JsonObject, type MatrixEvent } from "../event.ts";
import {
  profileGuessed,
  profileUnknown,
  type EditRow,
  type ReactionRow,
  type StoredRow,
  type TimelineQueries,
} from "../store/queries/timeline.ts";
import { bundledEdit } from "./apply.ts";
import type { KnownProfile } from "./history-profiles.ts";
import { memberOf, ownProfileIn, profileBefore, profileIn, type Profile } from "./profile.ts";
import { redactedBecause } from "./redact.ts";
import { storedEvent } from "./stored-event.ts";

// Events that are shown and have no place in the store (architecture.md, section 6, rule 4), made into the same rows as stored ones.
// Names are those of then (CTX-04): told by the state that came with the events, unwound going back.

export interface RememberedDeps {
  readonly roomId: RoomId;
  readonly queries: TimelineQueries;
  readonly cleanHtml: (html: string) => string | null;
}

export class RememberedEvents {
  readonly #deps: RememberedDeps;
  readonly #events = new Map<EventId, MatrixEvent>();
  readonly #profiles = new Map<EventId, Profile | null>();
  readonly #edits = new Map<EventId, EditRow[]>();
  readonly #reactions = new Map<EventId, ReactionRow[]>();
  #touched = new Set<EventId>();
  /** What people were called just before the oldest, and just after the newest of these events. */
  readonly #before = new Map<string, Profile | null>();
  readonly #after = new Map<string, Profile | null>();

  constructor(deps: RememberedDeps) {
    this.#deps = deps;
  }

  /** Events around a target, oldest first, and the state at the last of them. */
  begin(events: readonly MatrixEvent[], state: readonly MatrixEvent[]): void {
    learn(this.#after, state);
    learn(this.#before, state);
    this.#unwind(events);
  }

  /** An older page, oldest first. `state` came beside it, lazily. */
  prepend(events: readonly MatrixEvent[], state: readonly MatrixEvent[]): void {
    learn(this.#before, state);
    this.#unwind(events);
  }

  /** A newer page, oldest first. */
  append(events: readonly MatrixEvent[], state: readonly MatrixEvent[]): void {
    learn(this.#after, state);
    for (const event of events) {
      this.#profiles.set(event.eventId, ownProfileIn(event) ?? this.#after.get(event.sender) ?? null);
      const about = memberOf(event);
      const says = about === null ? null : profileIn(event.content);
      if (about !== null && says !== null) this.#after.set(about, says);
      this.#keep(event);
    }
  }

  #unwind(events: readonly MatrixEvent[]): void {
    for (const event of events.toReversed()) {
      this.#profiles.set(event.eventId, ownProfileIn(event) ?? this.#before.get(event.sender) ?? null);
      const about = memberOf(event);
      if (about !== null) this.#before.set(about, profileBefore(event.raw));
      this.#keep(event);
    }
  }

  #keep(event: MatrixEvent): void {
    this.#events.set(event.eventId, event);
    for (const edit of [bundledEdit(event), isEdit(event) ? event : null]) {
      if (edit === null) continue;
      const row = this.#editRow(edit);
      if (row === null) continue;
      const known = this.#edits.get(row.target) ?? [];
      this.#edits.set(row.target, [...known.filter((one) => one.eventId !== row.eventId), row]);
      this.#touched.add(row.target);
    }
    const reaction = reactionRow(event);
    if (reaction === null) return;
    this.#reactions.set(reaction.target, [...(this.#reactions.get(reaction.target) ?? []), reaction]);
    this.#touched.add(reaction.target);
  }

  /** Events that what was kept since the last call says something about: edits, reactions. */
  takeTouched(): ReadonlySet<EventId> {
    const touched = this.#touched;
    this.#touched = new Set();
    return touched;
  }

  /** The row of an event, at a place that means nothing. Undefined when it is not one of these. */
  row(eventId: EventId): StoredRow | undefined {
    const event = this.#events.get(eventId);
    if (event === undefined) return undefined;
    const { roomId, cleanHtml, queries } = this.#deps;
    if (event.stateKey === null && queries.isIgnored.get({ userId: event.sender }) !== undefined)
      return undefined;
    const because = redactedBecause(event.raw) ?? this.#redactionOf(eventId);
    return {
      ...storedEvent(roomId, event, this.#profileOf(event), because, cleanHtml),
      segment: 0,
      position: 0,
    } as StoredRow;
  }

  /** Edits of an event: those that came with it, and those that are stored. */
  edits(eventId: EventId): readonly EditRow[] {
    const { roomId, queries } = this.#deps;
    const stored = queries.editsOf.all({ roomId, eventId });
    const ids = new Set(stored.map((edit) => edit.eventId));
    const own = (this.#edits.get(eventId) ?? []).filter(
      (edit) => !ids.has(edit.eventId) && this.#redactionOf(edit.eventId) === null,
    );
    return own.length === 0 ? stored : [...own, ...stored];
  }

  /** Reactions to an event: those among these, and those that are stored. */
  reactions(eventId: EventId): readonly ReactionRow[] {
    const { roomId, queries } = this.#deps;
    const stored = queries.reactionsOf.all({ roomId, eventId });
    const ids = new Set(stored.map((reaction) => reaction.eventId));
    const own = (this.#reactions.get(eventId) ?? []).filter(
      (reaction) => !ids.has(reaction.eventId) && this.#redactionOf(reaction.eventId) === null,
    );
    return own.length === 0 ? stored : [...stored, ...own];
  }

  forget(eventId: EventId): void {
    this.#events.delete(eventId);
    this.#profiles.delete(eventId);
  }

  #profileOf(event: MatrixEvent): KnownProfile {
    const { roomId, queries } = this.#deps;
    const known =
      this.#profiles.get(event.eventId) ?? queries.member.get({ roomId, userId: event.sender }) ?? null;
    return known === null
      ? { name: null, avatarMxc: null, quality: profileUnknown }
      : { name: known.name, avatarMxc: known.avatarMxc, quality: profileGuessed };
  }

  #redactionOf(eventId: EventId): JsonObject | null {
    const found = this.#deps.queries.redaction.get({ roomId: this.#deps.roomId, eventId });
    const raw: unknown = found === undefined ? null : JSON.parse(found.raw);
    return isObject(raw) ? raw : null;
  }

  #editRow(edit: MatrixEvent): EditRow | null {
    if (redactedBecause(edit.raw) !== null) return null;
    const unknown: KnownProfile = { name: null, avatarMxc: null, quality: profileUnknown };
    const row = storedEvent(this.#deps.roomId, edit, unknown, null, this.#deps.cleanHtml);
    if (row.relatesTo === null) return null;
    const { eventId, type, sender, ts, html, raw } = row;
    return { eventId, target: row.relatesTo as EventId, type, sender, ts, html, raw };
  }
}

function isEdit(event: MatrixEvent): boolean {
  const relation = event.content["m.relates_to"];
  return event.stateKey === null && isObject(relation) && relation["rel_type"] === "m.replace";
}

/** Adds the profiles of member events to what is known, without replacing any. */
function learn(known: Map<string, Profile | null>, state: readonly MatrixEvent[]): void {
  for (const event of state) {
    const about = memberOf(event) as UserId | null;
    const says = about === null ? null : profileIn(event.content);
    if (about !== null && says !== null && !known.has(about)) known.set(about, says);
  }
}

/** The row of a reaction (spec: Event annotations); null when it is none, or was taken back. */
function reactionRow(event: MatrixEvent): ReactionRow | null {
  if (event.type !== "m.reaction" || event.stateKey !== null || redactedBecause(event.raw) !== null)
    return null;
  const relation = objectOf(event.content, "m.relates_to");
  const target = stringOf(relation, "event_id") as EventId | null;
  const key = stringOf(relation, "key");
  if (relation["rel_type"] !== "m.annotation" || target === null || key === null) return null;
  const { eventId, sender, originServerTs: ts } = event;
  return { eventId, target, sender, senderName: null, ts, key, shortcode: event.content["shortcode"] };
}
