import type { UserId } from "../../../preload/contract/ids.ts";
import type { PeekedMessage } from "../../../preload/contract/models/directory.ts";
import type { Handlers } from "../api.ts";
import { parseEvent, parseStripped, type MatrixEvent } from "../event.ts";
import { FailureError, invalid, valueOf } from "../failure.ts";
import { fetchRoomSummary } from "../homeserver/directory.ts";
import type { Http } from "../homeserver/http.ts";
import { isUserId } from "../homeserver/login.ts";
import { fetchMessages } from "../homeserver/room-events.ts";
import { oneLine, plainText } from "../text.ts";

// A room that everybody may read is read without joining it (HIS-02). Nothing of it is stored, and of no other room is
// history asked for from outside.

export interface PeekDeps {
  readonly http: Http;
  /** What a message says, as plain text; null for what says nothing by itself. */
  readonly describe: (event: MatrixEvent) => Pick<PeekedMessage, "kind" | "text"> | null;
  readonly isIgnored: (userId: UserId) => boolean;
}

/** Messages of one page. */
const PAGE = 40;
const filter = JSON.stringify({
  lazy_load_members: true,
  types: ["m.room.message", "m.sticker", "m.poll.start", "org.matrix.msc3381.poll.start", "m.room.encrypted"],
});

export function createPeek({ http, describe, isIgnored }: PeekDeps): Pick<Handlers, "peekRoom"> {
  const shown = (raw: unknown, names: ReadonlyMap<string, string>): PeekedMessage[] => {
    const event = parseEvent(raw);
    const said = event === null ? null : describe(event);
    if (event === null || said === null || !isUserId(event.sender) || isIgnored(event.sender)) return [];
    const { eventId, sender: senderId, originServerTs: ts } = event;
    return [{ eventId, senderId, senderName: names.get(senderId) ?? null, ts, ...said }];
  };

  return {
    async peekRoom({ roomId, via, from }) {
      const summary = valueOf(await fetchRoomSummary(http, { address: roomId, via }));
      if (summary["world_readable"] !== true) throw new FailureError(invalid("not to be read from outside"));
      const page = valueOf(await fetchMessages(http, { roomId, from, limit: PAGE, filter }));
      const names = namesIn(page.state);
      return {
        messages: page.chunk.flatMap((raw) => shown(raw, names)).reverse(),
        older: page.chunk.length === 0 ? null : page.end,
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
