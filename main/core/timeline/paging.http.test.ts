import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startHomeserver, type Homeserver } from "../../../e2e/homeserver/index.ts";
import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import { isObject, objectOf, parseEvent, stringOf, type JsonObject } from "../event.ts";
import { fakePlatform, realClock, type FakePlatform } from "../fake-platform.ts";
import { createHttp, type Http } from "../homeserver/http.ts";
import { fetchMessages, fetchTokenBefore } from "../homeserver/room-events.ts";
import { TestTopic, type Follower } from "./topic-fixtures.ts";

// History over real HTTP from the scriptable homeserver, with everything going wrong that does.

let server: Homeserver;
let platform: FakePlatform;
let roomId: RoomId;

beforeEach(async () => {
  server = await startHomeserver();
  platform = fakePlatform({ clock: realClock() });
  server.world.addUser("ana", { displayName: "Ana" });
  server.world.addUser("ben", { displayName: "Ben" });
  roomId = server.world.createRoom({ creator: "ben", members: ["ana"] }) as RoomId;
});
afterEach(async () => {
  await server.stop();
  platform.cleanUp();
});

/** Ana's client: what of it brings a timeline. */
class Client {
  readonly http: Http;
  readonly one: TestTopic;
  #since: string | null = null;

  constructor() {
    const token = server.world.login("ana").accessToken;
    this.http = createHttp({
      platform,
      baseUrl: server.baseUrl,
      authorise: { token: () => token, refresh: () => Promise.reject(new Error("no refresh")) },
    });
    this.one = new TestTopic({
      roomId,
      ownUserId: server.world.user("ana").userId as UserId,
      fetchMessages: (request) => fetchMessages(this.http, request),
      fetchTokenBefore: (request) => fetchTokenBefore(this.http, request),
    });
  }

  async sync(limit = 20): Promise<void> {
    const filter = JSON.stringify({ room: { timeline: { limit } } });
    const since = this.#since === null ? {} : { since: this.#since };
    const query = { timeout: 0, filter, ...since };
    const answer = await this.http.request({ method: "GET", path: "/_matrix/client/v3/sync", query });
    if (!answer.ok) throw new Error(answer.failure.message);
    const body = answer.value as JsonObject;
    this.#since = stringOf(body, "next_batch");
    const room = objectOf(objectOf(objectOf(body, "rooms"), "join"), roomId);
    for (const event of eventsIn(objectOf(room, "state"))) this.one.timeline.hooks.onStored(event);
    const timeline = objectOf(room, "timeline");
    const prevBatch = stringOf(timeline, "prev_batch");
    const events = eventsIn(timeline);
    if (events.length > 0) this.one.sync(events, { isLimited: timeline["limited"] === true, prevBatch });
  }

  /** Asks until the start is shown; how often it had to ask because something failed. */
  async pageToStart(follower: Follower): Promise<number> {
    let failures = 0;
    while (follower.older !== "exhausted") {
      await this.one.topic.paginate(roomId);
      if (typeof follower.older === "object") failures += 1;
    }
    return failures;
  }
}

const eventsIn = (section: JsonObject) => {
  const events = section["events"];
  return (Array.isArray(events) ? events : []).map(parseEvent).filter((event) => event !== null);
};
const isRequest = /\/messages$/;
const truth = (): string[] =>
  server.world
    .events(roomId)
    .map((event) => (isObject(event.content) ? stringOf(event.content, "body") : null))
    .filter((body) => body !== null);

describe("5,000 messages", () => {
  test(
    "are paged to the start, each once and in order, while the network drops, stalls and refuses",
    {
      timeout: 120_000,
    },
    async () => {
      server.world.sendMany(roomId, 5000, (i) => ({
        sender: i % 3 === 0 ? "ana" : "ben",
        content: `message ${i}`,
      }));
      const client = new Client();
      await client.sync();
      server.faults.seed(7);
      const on = { path: isRequest };
      server.faults.add({ on, do: { drop: true }, probability: 0.1 });
      server.faults.add({ on, do: { limited: { retryAfterMs: 1 } }, probability: 0.1 });
      server.faults.add({ on, do: { status: { code: 502, body: "<html>" } }, probability: 0.1 });
      server.faults.add({ on, do: { answerLost: true }, probability: 0.1 });
      server.faults.add({ on, do: { truncate: true }, probability: 0.1 });
      const follower = client.one.open();
      const failures = await client.pageToStart(follower);
      expect(failures).toBeGreaterThan(10);
      expect(follower.texts).toEqual(truth());
      expect(follower.texts).toHaveLength(5000);
      expect(new Set(follower.items.map((item) => item.id)).size).toBe(follower.items.length);
      expect(follower.kinds[0]).toBe("start");
    },
  );
});

describe("on the wire", () => {
  test("a page has the token as it came, a direction, a limit and the lazy-loading filter; one at a time", async () => {
    server.world.sendMany(roomId, 300, (i) => ({ sender: "ben", content: `message ${i}` }));
    const client = new Client();
    await client.sync(40);
    client.one.open();
    const token = client.one.timeline.gap()?.token;
    await Promise.all([client.one.topic.paginate(roomId), client.one.topic.paginate(roomId)]);
    const requests = server.wire.requests.filter((request) => isRequest.test(request.path));
    expect(requests.map((request) => request.query)).toEqual([
      { dir: "b", from: token, limit: "100", filter: '{"lazy_load_members":true}' },
    ]);
  });

  test("a failed page is not asked for again by itself", async () => {
    server.world.sendMany(roomId, 300, (i) => ({ sender: "ben", content: `message ${i}` }));
    const client = new Client();
    await client.sync(40);
    server.faults.add({ on: { path: isRequest }, do: { status: { code: 503 } } });
    const follower = client.one.open();
    await client.one.topic.paginate(roomId);
    expect(follower.older).toMatchObject({ failed: { kind: "unavailable", status: 503 } });
    expect(server.wire.count("GET", isRequest)).toBe(1);
  });

  test("having been thrown out stops the paging with the server's word", async () => {
    server.world.sendMany(roomId, 300, (i) => ({ sender: "ben", content: `message ${i}` }));
    const client = new Client();
    await client.sync(40);
    const follower = client.one.open();
    const error = { status: 403, errcode: "M_FORBIDDEN", message: "not in the room" };
    server.faults.add({ on: { path: isRequest }, do: { error } });
    for (let i = 0; i < 3; i++) await client.one.topic.paginate(roomId);
    expect(follower.older).toMatchObject({ failed: { kind: "rejected", errcode: "M_FORBIDDEN" } });
    expect(server.wire.count("GET", isRequest)).toBe(1);
  });
});

describe("a token the server no longer takes", () => {
  const unknownToken = { status: 400, errcode: "M_INVALID_PARAM", message: "no such token" };

  test("is replaced by a fresh one from the event beside the gap, and the paging goes on by itself", async () => {
    server.world.sendMany(roomId, 300, (i) => ({ sender: "ben", content: `message ${i}` }));
    const client = new Client();
    await client.sync(40);
    const follower = client.one.open();
    server.faults.add({ on: { path: isRequest }, do: { error: unknownToken }, times: 1 });
    expect(await client.pageToStart(follower)).toBe(0);
    expect(follower.texts).toEqual(truth());
    expect(server.wire.count("GET", /\/context\//)).toBe(1);
  });

  test("fails in the server's words when the fresh one is refused too, without asking in circles", async () => {
    server.world.sendMany(roomId, 300, (i) => ({ sender: "ben", content: `message ${i}` }));
    const client = new Client();
    await client.sync(40);
    const follower = client.one.open();
    server.faults.add({ on: { path: isRequest }, do: { error: unknownToken } });
    await client.one.topic.paginate(roomId);
    expect(follower.older).toMatchObject({ failed: { kind: "rejected", errcode: "M_INVALID_PARAM" } });
    expect(server.wire.count("GET", isRequest)).toBe(2);
    server.faults.clear();
    await client.pageToStart(follower);
    expect(follower.texts).toEqual(truth());
  });
});

test("a gap while away is not shown as continuity, and paging closes it without doubles", async () => {
  server.world.sendMany(roomId, 50, (i) => ({ sender: "ben", content: `before ${i}` }));
  const client = new Client();
  await client.sync(40);
  const follower = client.one.open();
  server.world.sendMany(roomId, 500, (i) => ({ sender: "ben", content: `away ${i}` }));
  await client.sync(40);
  expect(follower.texts[0]).toBe("away 460");
  await client.pageToStart(follower);
  expect(follower.texts).toEqual(truth());
});

test("everybody is shown as they were, through renames before, inside and after the gap", async () => {
  const { world } = server;
  const said: [string, string][] = [];
  const say = (name: string, n: number): void => {
    world.setProfile("ben", { displayName: name });
    for (let i = 0; i < n; i++) {
      said.push([`${name} says ${i}`, name]);
      world.sendMessage(roomId, "ben", `${name} says ${i}`);
    }
  };
  say("Benno", 30);
  const client = new Client();
  await client.sync(20);
  const follower = client.one.open();
  say("Benjamin", 150);
  say("Benedict", 150);
  await client.sync(20);
  say("Big Ben", 5);
  await client.sync(20);
  await client.pageToStart(follower);
  const shown = follower.items.flatMap((item) =>
    item.kind === "message" ? [[item.body.text, item.sender.name]] : [],
  );
  expect(shown).toEqual(said);
});
