// Two people on a real Synapse, each with an app and a browser: what one types, the other sees.
import { setTimeout as delay } from "node:timers/promises";
import { makeRooms, makeUsers } from "../synapse/seed.ts";
import { startSynapse, type Synapse } from "../synapse/start.ts";
import type { SynapseUser } from "../synapse/register.ts";
import { Client } from "./client.ts";
import { sendOne, type Measured } from "./run-parts.ts";
import { median } from "./statistics.ts";
import { startTimingProxy, type TimingProxy } from "./timing-proxy.ts";

/** Two users who share all their rooms. */
export interface SharedRooms {
  readonly homeserver: string;
  readonly people: readonly [SynapseUser, SynapseUser];
  readonly room: { readonly name: string; readonly roomId: string };
  readonly rooms: number;
}

/** More rooms than this take Synapse many minutes to make; what is measured here does not depend on them. */
export const MOST_ROOMS = 500;

const SAMPLES = 20;
const WARM_UP = 3;

/** A Synapse with two people in so many rooms. */
export async function startShared(rooms: number): Promise<{ shared: SharedRooms; synapse: Synapse }> {
  const synapse = await startSynapse();
  const [ana, bo] = await makeUsers(synapse.baseUrl, 2, "bench");
  if (ana === undefined || bo === undefined) throw new Error("Synapse made no users");
  const name = (index: number): string => `Shared ${String(index).padStart(5, "0")}`;
  const made = await makeRooms(synapse.baseUrl, ana, rooms, (index) => ({
    name: name(index),
    members: [bo],
    firstMessage: "the first word in here",
  }));
  const room = { name: name(0), roomId: made[0] ?? "" };
  return { synapse, shared: { homeserver: synapse.baseUrl, people: [ana, bo], room, rooms } };
}

/** One run: both start cold, both look at the same room. */
export async function otherClient({ homeserver, people, room, rooms }: SharedRooms): Promise<Measured> {
  const clients = [await Client.open(), await Client.open()] as const;
  const [writer, reader] = clients;
  const proxies = [await startTimingProxy(homeserver), await startTimingProxy(homeserver)] as const;
  try {
    for (const [index, client] of clients.entries()) {
      const { localpart, password } = people[index] as SynapseUser;
      await client.startApp({
        env: {
          DUNLIN_SIGN_IN: JSON.stringify({ homeserver: proxies[index]?.url, user: localpart, password }),
        },
      });
      await client.openPage({ list: { see: "list", entries: rooms } });
      await client.seen("list");
      await client.isLive();
      await client.openRoom(room.name, room.roomId);
    }
    for (const client of clients) client.beginCost();
    const painted: number[] = [];
    const next: number[] = [];
    const own: number[] = [];
    const server: number[] = [];
    for (let index = 0; index < SAMPLES + WARM_UP; index += 1) {
      const text = `from one to the other, ${index} of run ${process.pid}`;
      const arrived = reader.after("navigation", { see: "message", text }, () => delay(0));
      const sent = await sendOne(writer, text);
      const seen = await arrived;
      painted.push(seen.painted - sent.begin);
      next.push(seen.next - sent.begin);
      own.push(sent.painted - sent.begin);
      server.push(betweenClients(proxies, sent.begin, text));
      await delay(400);
    }
    const costs = [await writer.cost(), await reader.cost()] as const;
    return {
      "other-client.painted": median(painted.slice(WARM_UP)),
      "other-client.next": median(next.slice(WARM_UP)),
      "other-client.server": median(server.slice(WARM_UP)),
      "other-client.own": median(own.slice(WARM_UP)),
      "other-client.cpu": costs[0].cpu + costs[1].cpu,
      "other-client.heap": costs[1].heap,
      "other-client.pss": costs[0].pss + costs[1].pss,
    };
  } finally {
    for (const client of clients) await client.close();
    for (const proxy of proxies) await proxy.close();
  }
}

/** From the message's arrival at the server until the answer that brings it to the other one has left it, ms. */
function betweenClients(
  [writer, reader]: readonly [TimingProxy, TimingProxy],
  since: number,
  text: string,
): number {
  const sent = writer.answered().find(({ path, start }) => start >= since && path.includes("/send/"));
  const brought = reader.answered().find(({ path, body }) => path.endsWith("/sync") && body?.includes(text));
  return brought === undefined || sent === undefined ? Number.NaN : brought.end - sent.start;
}
