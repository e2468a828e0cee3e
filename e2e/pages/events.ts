import type { RawEvent } from "../homeserver/index.ts";

/** Bodies of the messages among a room's events, in server order. */
export function bodiesOf(events: readonly RawEvent[]): unknown[] {
  return events.filter(({ type }) => type === "m.room.message").map(({ content }) => content["body"]);
}
