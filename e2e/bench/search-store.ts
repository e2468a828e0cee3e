// A profile whose store holds a million messages, written by the app itself: it signs in, is fed through /sync and left
// until everything can be found. Made once for all runs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp } from "../launch/app.ts";
import { PortClient } from "../launch/port-client.ts";
import { startFeedingProxy, type Portion } from "./feeding-proxy.ts";
import { frozenHost } from "./frozen-build.ts";
import { contentAt, speakerAt } from "./search-corpus.ts";
import type { BenchWorld } from "./world.ts";

/** What a run needs to search in it. */
export interface SearchStore {
  readonly profileDir: string;
  readonly messages: number;
  /** Events per second, from the first answer until everything could be found. */
  readonly rate: number;
}

export interface MadeStore {
  readonly store: SearchStore;
  stop(): void;
}

/** Messages in one answer of the server: with a few hundred bytes each what a big answer is. */
const PORTION = 20_000;
const PEOPLE = 400;
const PEOPLE_PER_ROOM = 20;
/** The time they span, ms: three years. */
const SPAN = 3 * 365 * 24 * 3_600_000;

/** Fills a profile with so many messages in the rooms of the world. */
export async function makeSearchStore(world: BenchWorld, messages: number): Promise<MadeStore> {
  const profileDir = mkdtempSync(join(tmpdir(), "dunlin-bench-search-"));
  const proxy = await startFeedingProxy(world.homeserver);
  const remove = (): void => rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 });
  process.on("exit", remove);
  const { user, password } = world;
  const order = JSON.stringify({ homeserver: proxy.url, user, password });
  const app = await startApp({ profileDir, program: frozenHost, env: { DUNLIN_SIGN_IN: order } });
  const client = await PortClient.open(app.url);
  const begin = performance.now();
  try {
    proxy.feed(portionsOf(world.roomIds, messages, Date.now()));
    await isAllFound(client, messages);
  } finally {
    client.close();
    await app.stop();
  }
  const rate = messages / ((performance.now() - begin) / 1000);
  return {
    store: { profileDir, messages, rate },
    stop() {
      proxy.close();
      process.off("exit", remove);
      remove();
    },
  };
}

/** Each brings what was said in all rooms in the same stretch of time; the first one who the people are. */
function* portionsOf(rooms: readonly string[], messages: number, end: number): Generator<Portion> {
  const begin = end - SPAN;
  for (let from = 0; from < messages; from += PORTION) {
    const timelines = rooms.map((): object[] => []);
    for (let index = from; index < Math.min(messages, from + PORTION); index += 1) {
      const room = index % rooms.length;
      timelines[room]?.push({
        type: "m.room.message",
        event_id: `$said-${index}:bench`,
        sender: personIn(room, speakerAt(index, PEOPLE_PER_ROOM)),
        origin_server_ts: begin + Math.floor((SPAN * (index + 1)) / messages),
        content: contentAt(index),
      });
    }
    const state = (room: number): readonly object[] => (from === 0 ? membersOf(room, begin) : []);
    yield new Map(
      rooms.map((roomId, room) => [roomId, { state: state(room), timeline: timelines[room] ?? [] }]),
    );
  }
}

const personIn = (room: number, speaker: number): string => `@person-${(room * 13 + speaker) % PEOPLE}:bench`;

function membersOf(room: number, at: number): readonly object[] {
  return Array.from({ length: PEOPLE_PER_ROOM }, (_, speaker) => {
    const userId = personIn(room, speaker);
    return {
      type: "m.room.member",
      event_id: `$member-${room}-${speaker}:bench`,
      sender: userId,
      state_key: userId,
      origin_server_ts: at,
      content: { membership: "join", displayname: userId.slice(1, userId.indexOf(":")) },
    };
  });
}

/** Resolves when the newest message is found and nothing waits to be indexed. */
async function isAllFound(client: PortClient, messages: number): Promise<void> {
  const newest = `$said-${messages - 1}:bench`;
  for (;;) {
    const search = await client.watch("search", { text: "after:1990", roomId: null });
    const { indexed, results } = search.value;
    search.close();
    if (indexed === 1 && results[0]?.eventId === newest) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
