import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { PeekedChange, PeekedMessage } from "../../../preload/contract/models/directory.ts";
import type { Handlers } from "../api.ts";
import { objectOf, parseEvent, parseStripped, stringOf, type MatrixEvent } from "../event.ts";
import { FailureError, invalid, valueOf } from "../failure.ts";
import { fetchRoomSummary } from "../homeserver/directory.ts";
import type { Http } from "../homeserver/http.ts";
import { isUserId } from "../homeserver/login.ts";
import { fetchMessages } from "../homeserver/room-events.ts";
import type { Clock } from "../platform.ts";
import { oneLine, plainText } from "../text.ts";

// A room that everybody may read is read without joining it (HIS-02). Nothing of it is stored, and of no other room is
// history asked for from outside.

export interface PeekDeps {
  readonly http: Http;
  readonly clock: Pick<Clock, "monotonic">;
  /** What a message says, as plain text; null for what says nothing by itself. */
  readonly describe: (event: MatrixEvent) => Pick<PeekedMessage, "kind" | "text"> | null;
  readonly isIgnored: (userId: UserId) => boolean;
}

/** Messages of one page. */
const PAGE = 40;
/** So long is a room taken for one that everybody may read, while what comes new in it is asked for, ms. */
const KNOWN_MS = 60_000;
const MESSAGES = [
  "m.room.message",
  "m.sticker",
  "m.poll.start",
  "org.matrix.msc3381.poll.start",
  "m.room.encrypted",
];
const filterOf = (types: readonly string[]): string => JSON.stringify({ lazy_load_members: true, types });
const filters = { back: filterOf(MESSAGES), forward: filterOf([...MESSAGES, "m.room.redaction"]) };

export function createPeek(deps: PeekDeps): Pick<Handlers, "peekRoom"> {
  const { http, clock, describe, isIgnored } = deps;
  /** When it was last found to be readable; the room that is being read. */
  let known: { readonly roomId: RoomId; readonly at: number } | null = null;

  async function assertReadable(roomId: RoomId, via: readonly string[], isForward: boolean): Promise<void> {
    const isFresh = known?.roomId === roomId && clock.monotonic() - known.at < KNOWN_MS;
    if (isForward && isFresh) return;
    const summary = valueOf(await fetchRoomSummary(http, { address: roomId, via }));
    if (summary["world_readable"] !== true) throw new FailureError(invalid("not to be read from outside"));
    known = { roomId, at: clock.monotonic() };
  }

  function messageIn(event: MatrixEvent, names: ReadonlyMap<string, string>): PeekedMessage | null {
    const said = describe(event);
    const { eventId, sender: senderId, originServerTs: ts } = event;
    return said === null ? null : { eventId, senderId, senderName: names.get(senderId) ?? null, ts, ...said };
  }

  function changeIn(event: MatrixEvent): PeekedChange | null {
    const { sender: senderId, content } = event;
    if (event.type === "m.room.redaction") {
      const eventId = stringOf(content, "redacts") ?? stringOf(event.raw, "redacts");
      return eventId === null ? null : { eventId: eventId as EventId, senderId, said: null };
    }
    const relation = objectOf(content, "m.relates_to");
    const eventId = relation["rel_type"] === "m.replace" ? stringOf(relation, "event_id") : null;
    const said = describe({ ...event, content: objectOf(content, "m.new_content") });
    return eventId === null || said === null ? null : { eventId: eventId as EventId, senderId, said };
  }

  return {
    async peekRoom({ roomId, via, from, isForward }) {
      await assertReadable(roomId, via, isForward);
      const [direction, filter] = isForward
        ? (["forward", filters.forward] as const)
        : (["backward", filters.back] as const);
      const page = valueOf(await fetchMessages(http, { roomId, from, limit: PAGE, filter, direction }));
      const names = namesIn(page.state);
      const events = page.chunk.flatMap((raw): MatrixEvent[] => {
        const event = parseEvent(raw);
        return event === null || !isUserId(event.sender) || isIgnored(event.sender) ? [] : [event];
      });
      const messages = events.flatMap((event) => messageIn(event, names) ?? []);
      return {
        messages: isForward ? messages : messages.reverse(),
        changes: isForward ? events.flatMap((event) => changeIn(event) ?? []) : [],
        older: isForward || page.chunk.length === 0 ? null : page.end,
        newer: isForward ? (page.end ?? from) : page.start,
      };
    },
  };
}

function namesIn(state: readonly unknown[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const raw of state) {
    const event = parseStripped(raw);
    const name = event?.type === "m.room.member" ? plainText(event.content["displayname"], 255) : null;
    if (event !== null && name !== null) names.set(event.stateKey, oneLine(name, 255));
  }
  return names;
}
