// Fast seeding of a real homeserver over its own HTTP API.
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { register, setDisplayName, type SynapseUser } from "./register.ts";
import { request } from "./request.ts";

/** Requests under way at once: Synapse is one Python thread, more only queue there. */
const CONCURRENCY = 8;

/** Registers users `prefix-0`, `prefix-1`, …, with display names "Prefix 0", ….  */
export function makeUsers(baseUrl: string, count: number, prefix = "user"): Promise<SynapseUser[]> {
  const title = prefix.charAt(0).toUpperCase() + prefix.slice(1);
  return mapBounded(indices(count), (index) =>
    register(baseUrl, `${prefix}-${index}`, `password of ${prefix}-${index}`, `${title} ${index}`),
  );
}

export interface RoomPlan {
  name: string;
  /** Join at once, by invitation. */
  members?: readonly SynapseUser[];
  topic?: string;
  /** A message by the creator, so that the room has a preview. */
  firstMessage?: string;
}

/** Creates rooms, `plan(index)` each, and returns their ids in order. */
export function makeRooms(
  baseUrl: string,
  creator: SynapseUser,
  count: number,
  plan: (index: number) => RoomPlan = (index) => ({ name: `Room ${index}` }),
): Promise<string[]> {
  return mapBounded(indices(count), (index) => makeRoom(baseUrl, creator, plan(index)));
}

/** Creates one room and lets its members join. */
export async function makeRoom(baseUrl: string, creator: SynapseUser, plan: RoomPlan): Promise<string> {
  const { name, topic, members = [], firstMessage } = plan;
  const { room_id: roomId } = await request<{ room_id: string }>(baseUrl, {
    method: "POST",
    path: "/_matrix/client/v3/createRoom",
    token: creator.accessToken,
    body: {
      name,
      preset: "private_chat",
      invite: members.map((member) => member.userId),
      ...(topic === undefined ? {} : { topic }),
    },
  });
  await mapBounded(members, (member) =>
    request(baseUrl, {
      method: "POST",
      path: `/_matrix/client/v3/join/${encodeURIComponent(roomId)}`,
      token: member.accessToken,
      body: {},
    }),
  );
  if (firstMessage !== undefined) await sendText(baseUrl, creator, roomId, firstMessage, "first");
  return roomId;
}

/** Sends one text message and returns its event id. */
export async function sendText(
  baseUrl: string,
  sender: SynapseUser,
  roomId: string,
  body: string,
  transactionId: string,
): Promise<string> {
  const { event_id } = await request<{ event_id: string }>(baseUrl, {
    method: "PUT",
    path: `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${encodeURIComponent(transactionId)}`,
    token: sender.accessToken,
    body: { msgtype: "m.text", body },
  });
  return event_id;
}

export interface Filling {
  roomId: string;
  /** Take turns, in this order. */
  senders: readonly SynapseUser[];
  count: number;
  body?: (index: number) => string;
  /** Before message `at`, `sender` (an index into `senders`) takes the new name. Sorted by `at`. */
  renames?: readonly { at: number; sender: number; displayName: string }[];
}

/** One message as it was sent: what a client has to show for it, in server order. */
export interface FilledMessage {
  eventId: string;
  userId: string;
  body: string;
  /** The sender's display name at that time, when a rename in this filling set it. */
  displayName: string | undefined;
}

/** Sends messages strictly one after the other: the returned order is the server's. */
export async function fillRoom(baseUrl: string, filling: Filling): Promise<FilledMessage[]> {
  const { roomId, senders, count, body = (index) => `message ${index}`, renames = [] } = filling;
  // A transaction id used twice in a room would be answered with the first event.
  const run = randomUUID();
  const names = new Map<number, string>();
  const sent: FilledMessage[] = [];
  let next = 0;
  for (let index = 0; index < count; index++) {
    for (let rename = renames[next]; rename && rename.at <= index; rename = renames[++next]) {
      const renamed = senders[rename.sender];
      if (!renamed) throw new Error(`fillRoom: there is no sender ${rename.sender}`);
      await setDisplayName(baseUrl, renamed, rename.displayName);
      await hasName(baseUrl, roomId, renamed, rename.displayName);
      names.set(rename.sender, rename.displayName);
    }
    const turn = index % senders.length;
    const sender = senders[turn];
    if (!sender) throw new Error("fillRoom needs at least one sender");
    const text = body(index);
    const eventId = await sendText(baseUrl, sender, roomId, text, `${run}-${index}`);
    sent.push({ eventId, userId: sender.userId, body: text, displayName: names.get(turn) });
  }
  return sent;
}

/** Synapse carries a new name into a person's rooms after it has answered; messages sent before have the old one. */
async function hasName(baseUrl: string, roomId: string, user: SynapseUser, name: string): Promise<void> {
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/state/m.room.member/${encodeURIComponent(user.userId)}`;
  for (;;) {
    const member = await request<{ displayname?: string }>(baseUrl, {
      method: "GET",
      path,
      token: user.accessToken,
    });
    if (member.displayname === name) return;
    await delay(20);
  }
}

/** `Promise.all` over `items` with at most `limit` under way at once; results in order. */
export async function mapBounded<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  limit = CONCURRENCY,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++)
      results[index] = await work(items[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
