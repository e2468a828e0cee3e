import type { StoredEvent } from "./events.ts";
import type { Room } from "./room.ts";
import type { Device, KnownMember } from "./users.ts";

/**
 * Lazy loading of members (client-server API, "Lazy-loading room members"). A member event counts
 * as known to a device only once the device has come back with a token at or after the answer that
 * carried it: an answer that got lost on the way must not leave names unknown for ever.
 */
export class KnownMembers {
  readonly #known: Map<string, KnownMember>;
  readonly #since: number;
  readonly #next: number;

  constructor(device: Device, room: Room, since: number, next: number) {
    let known = device.knownMembers.get(room.id);
    if (known === undefined) device.knownMembers.set(room.id, (known = new Map<string, KnownMember>()));
    this.#known = known;
    this.#since = since;
    this.#next = next;
  }

  /** True when the device has this very member event already. */
  has(event: StoredEvent): boolean {
    const entry = this.#known.get(event.raw.state_key ?? "");
    return entry?.eventId === event.raw.event_id && entry.position <= this.#since;
  }

  /** Notes that this answer carries the member event. */
  note(event: StoredEvent): void {
    if (event.raw.type !== "m.room.member" || this.has(event)) return;
    this.#known.set(event.raw.state_key ?? "", {
      eventId: event.raw.event_id,
      position: this.#next,
    });
  }
}

/** The first five others in the room, by when they came; the departed when nobody else is left. */
export function heroesOf(room: Room, userId: string): string[] {
  const heroes: string[] = [];
  for (const member of room.present) {
    if (member === userId) continue;
    heroes.push(member);
    if (heroes.length === 5) return heroes;
  }
  if (heroes.length > 0) return heroes;
  const all = room.history.get("m.room.member")?.keys() ?? [];
  return [...all].filter((member) => member !== userId).slice(0, 5);
}

/** True when the room's name has to be made from its members. */
export function needsHeroes(room: Room): boolean {
  const name = room.state("m.room.name")?.raw.content["name"];
  const alias = room.state("m.room.canonical_alias")?.raw.content["alias"];
  return !(typeof name === "string" && name !== "") && !(typeof alias === "string" && alias !== "");
}
