import type { MatrixEvent, Room } from "matrix-js-sdk";
import { deleted, type Said, type SaidPoll } from "./said.ts";
import { countVotes, placed, POLL, saidIn, type PollContent } from "./server-view.ts";

/** Everything matrix-js-sdk has of a room and its threads. */
export async function saidInSdk(room: Room): Promise<readonly Said[]> {
  // Roots stand in both; their place is in the room.
  const inThreads = room.getThreads().flatMap((thread) => thread.events);
  const events = new Map<string, MatrixEvent>();
  for (const event of [...room.getLiveTimeline().getEvents(), ...inThreads]) {
    const eventId = event.getId() ?? "";
    if (!events.has(eventId)) events.set(eventId, event);
  }
  const lines = [...events.values()].filter(
    (event) =>
      ["m.room.message", "m.sticker", POLL].includes(event.getType()) && !event.isRelation("m.replace"),
  );
  const said = await Promise.all(lines.map((event) => saidBy(room, event)));
  // Those it lists in its threads: its own counter lags behind them by one now and then, at edits and deletions.
  const replies = Map.groupBy(said, ({ thread }) => thread);
  return said.map((one) =>
    one.kind === null ? one : { ...one, replies: replies.get(one.eventId)?.length ?? 0 },
  );
}

async function saidBy(room: Room, event: MatrixEvent): Promise<Said> {
  const eventId = event.getId() ?? "";
  const sender = event.getSender() ?? "";
  if (event.isRedacted()) return deleted(eventId, sender);
  const wire = event.getWireContent();
  return {
    eventId,
    sender,
    ...saidIn(event.getType(), event.getContent()),
    ...placed(wire),
    replies: 0,
    reactions: reactionsOf(room, eventId),
    poll: event.getType() === POLL ? await pollOf(room, event) : null,
  };
}

function reactionsOf(room: Room, eventId: string): Readonly<Record<string, number>> {
  const relations = room.relations.getChildEventsForEvent(eventId, "m.annotation", "m.reaction");
  const reactions = (relations?.getSortedAnnotationsByKey() ?? []).map(([key, events]): [string, number] => [
    key,
    new Set([...events].filter((one) => !one.isRedacted()).map((one) => one.getSender())).size,
  ]);
  return Object.fromEntries(reactions.filter(([, count]) => count > 0));
}

/** Which votes count and whether it has ended says the SDK; it leaves counting to whoever shows it. */
async function pollOf(room: Room, event: MatrixEvent): Promise<SaidPoll | null> {
  const poll = room.polls.get(event.getId() ?? "");
  if (poll === undefined) return null;
  const responses = await poll.getResponses();
  const votes = responses.getRelations().map((vote) => ({
    type: vote.getType(),
    sender: vote.getSender() ?? "",
    origin_server_ts: vote.getTs(),
    content: vote.getContent(),
  }));
  return countVotes(event.getContent()[POLL] as PollContent, votes, poll.isEnded);
}
