import {
  ClientEvent,
  createClient,
  MatrixScheduler,
  SyncState,
  type ISendEventResponse,
  type MatrixClient,
  type MatrixEvent,
} from "matrix-js-sdk";
import { logger, type Logger } from "matrix-js-sdk/lib/logger.js";
import type { SynapseUser } from "../synapse/register.ts";

// matrix-js-sdk as somebody who takes part in a room and tells what it has seen there. Runs in Node.

export interface Reader {
  readonly client: MatrixClient;
  stop(): void;
}

const nothing = (): void => undefined;
/** The SDK tells every request it makes. */
const quiet: Logger = {
  ...{
    trace: nothing,
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
  },
  getChild: () => quiet,
};

/**
 * Sends as the SDK does, and takes for sent what sync has brought although its answer was lost: the SDK tries that again and
 * then calls it a fault, which would be that of the connection alone.
 */
class Scheduler extends MatrixScheduler<ISendEventResponse> {
  override setProcessFunction(send: (event: MatrixEvent) => Promise<ISendEventResponse>): void {
    super.setProcessFunction((event) =>
      event.status === null ? Promise.resolve({ event_id: event.getId() ?? "" }) : send(event),
    );
  }
}

/** `limit` events of each room come with one sync. */
export async function startReader(baseUrl: string, user: SynapseUser, limit: number): Promise<Reader> {
  const { userId, accessToken, deviceId } = user;
  const client = createClient({
    baseUrl,
    userId,
    accessToken,
    deviceId,
    timelineSupport: true,
    scheduler: new Scheduler(),
    logger: quiet,
  });
  // What it says outside of any client.
  (logger as unknown as { disableAll(): void }).disableAll();
  const prepared = Promise.withResolvers<void>();
  client.on(ClientEvent.Sync, (state) => {
    if (state === SyncState.Prepared) prepared.resolve();
  });
  await client.startClient({
    initialSyncLimit: limit,
    lazyLoadMembers: false,
    threadSupport: true,
  });
  await prepared.promise;
  return { client, stop: () => client.stopClient() };
}
