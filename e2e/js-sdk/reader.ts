import {
  ClientEvent,
  createClient,
  SyncState,
  type MatrixClient,
  type MatrixEvent,
  type Room,
} from "matrix-js-sdk";
import type { Logger } from "matrix-js-sdk/lib/logger.js";
import type { Said } from "../pages/said.ts";
import type { SynapseUser } from "../synapse/register.ts";

// matrix-js-sdk as somebody who takes part in a room and tells what it has seen there. Runs in Node.

export interface Reader {
  readonly client: MatrixClient;
  /** Every message of the room as the SDK has it, oldest first. */
  said(): readonly Said[];
  stop(): void;
}

const nothing = (): void => undefined;
/** The SDK tells every request it makes. */
const quiet: Logger = {
  ...{ trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing },
  getChild: () => quiet,
};

/** `limit` events of the room come with the first sync. */
export async function startReader(
  baseUrl: string,
  user: SynapseUser,
  roomId: string,
  limit: number,
): Promise<Reader> {
  const { userId, accessToken, deviceId } = user;
  const client = createClient({
    baseUrl,
    userId,
    accessToken,
    deviceId,
    timelineSupport: true,
    logger: quiet,
  });
  const prepared = Promise.withResolvers<void>();
  client.on(ClientEvent.Sync, (state) => {
    if (state === SyncState.Prepared) prepared.resolve();
  });
  await client.startClient({ initialSyncLimit: limit, lazyLoadMembers: false });
  await prepared.promise;
  return {
    client,
    said() {
      const room = client.getRoom(roomId);
      if (room === null) throw new Error("the SDK does not know the room");
      return room
        .getLiveTimeline()
        .getEvents()
        .filter((event) => event.getType() === "m.room.message" && !event.isRelation("m.replace"))
        .map((event) => saidBy(room, event));
    },
    stop: () => client.stopClient(),
  };
}

function saidBy(room: Room, event: MatrixEvent): Said {
  const eventId = event.getId() ?? "";
  const sender = event.getSender() ?? "";
  if (event.isRedacted()) return { eventId, sender, text: null, answers: null, reactions: {} };
  const relations = room.relations.getChildEventsForEvent(eventId, "m.annotation", "m.reaction");
  const reactions = (relations?.getSortedAnnotationsByKey() ?? []).map(([key, events]): [string, number] => [
    key,
    new Set([...events].filter((one) => !one.isRedacted()).map((one) => one.getSender())).size,
  ]);
  const { body } = event.getContent<{ body?: string }>();
  return {
    eventId,
    sender,
    text: body ?? "",
    answers: event.replyEventId ?? null,
    reactions: Object.fromEntries(reactions.filter(([, count]) => count > 0)),
  };
}
