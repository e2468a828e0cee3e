import { afterEach, describe, expect, it } from "vitest";
import { startHomeserver, type Homeserver } from "../../../e2e/homeserver/index.ts";
import type { DeviceId, RoomId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import { fakePlatform, realClock, type FakePlatform } from "../fake-platform.ts";
import { failed, invalid } from "../failure.ts";
import { createHttp } from "../homeserver/http.ts";
import { sendEvent } from "../homeserver/room-events.ts";
import { syncQueries } from "../store/queries/sync.ts";
import { openStore, type Store } from "../store/store.ts";
import { createSending, type Sending } from "./sending.ts";

// The queue on a real SQLite file, over real HTTP, against the homeserver that lies, drops and delays.

const SEND = /\/send\/m\.room\.message\//;

/** One run of the app on a profile. */
class App {
  readonly sending: Sending;
  readonly store: Store;
  readonly #platform: FakePlatform;

  constructor(server: Homeserver, profileDir?: string) {
    const platform = fakePlatform({
      clock: realClock(),
      ...(profileDir === undefined ? {} : { profileDir }),
    });
    this.#platform = platform;
    this.store = openStore(platform);
    // A sync has been there: it is known what the rooms are.
    syncQueries(this.store.cache).put("next_batch", "some");
    const { accessToken } = server.world.login("ann", "DEVICE");
    const http = createHttp({
      platform,
      baseUrl: server.baseUrl,
      authorise: { token: () => accessToken, refresh: () => Promise.resolve(failed(invalid("none"))) },
    });
    this.sending = createSending({
      platform,
      store: this.store,
      publish: () => this.#changed(),
      session: () => ({ userId: `@ann:${server.serverName}` as UserId, deviceId: "DEVICE" as DeviceId }),
      putFile: () => Promise.reject(new Error("nothing to upload here")),
      onLeft: () => {},
      put: ({ roomId, eventType, transactionId, content }, signal) =>
        sendEvent(http, { roomId, eventType, transactionId, content, signal }),
      roomName: (roomId) => roomId,
      onUnauthorized: () => {},
      onStorage: () => {},
    });
    open.push(this);
  }

  get profileDir(): string {
    return this.#platform.profileDir;
  }
  type(roomId: RoomId, body: string): void {
    const transactionId = `transaction-${++made}` as TransactionId;
    this.sending.enqueue({ roomId, transactionId, content: { msgtype: "m.text", body } });
  }
  /** Resolves when no message of the room waits or is on the wire. */
  async rest(roomId: RoomId): Promise<void> {
    const isAtRest = (): boolean =>
      this.sending.rows(roomId).every(({ send }) => send.state === "sent" || send.state === "unsent");
    while (!isAtRest()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
  states(roomId: RoomId): string[] {
    return this.sending.rows(roomId).map(({ content, send }) => `${String(content.body)}:${send.state}`);
  }
  async close(): Promise<void> {
    open = open.filter((app) => app !== this);
    await this.sending.stop();
    await this.store.close();
  }
  async dispose(): Promise<void> {
    await this.close();
    this.#platform.cleanUp();
  }

  #waiting: (() => void)[] = [];
  #changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach((resolve) => resolve());
  }
}

let made = 0;
let open: App[] = [];
let server: Homeserver;
afterEach(async () => {
  for (const app of open) await app.dispose();
  await server.stop();
});

async function world(rooms = 1): Promise<RoomId[]> {
  server = await startHomeserver();
  server.world.addUser("ann");
  return Array.from({ length: rooms }, () => server.world.createRoom({ creator: "ann" }) as RoomId);
}
const said = (roomId: RoomId): unknown[] =>
  server.world
    .events(roomId)
    .filter(({ type }) => type === "m.room.message")
    .map(({ content }) => (content as { body: string }).body);
const started = (): App => {
  const app = new App(server);
  app.sending.start();
  return app;
};
const range = (n: number): string[] => Array.from({ length: n }, (_, i) => `message ${i}`);

describe("over real HTTP", () => {
  it("sends once when the response is lost", async () => {
    const [room] = await world();
    server.faults.add({ on: { method: "PUT", path: SEND }, do: { answerLost: true }, times: 1 });
    const app = started();
    app.type(room!, "once");
    await app.rest(room!);
    expect(said(room!)).toEqual(["once"]);
    expect(app.states(room!)).toEqual(["once:sent"]);
    const paths = server.wire.requests.filter(({ path }) => SEND.test(path)).map(({ path }) => path);
    expect(paths).toHaveLength(2);
    expect(new Set(paths).size).toBe(1);
  });

  it("keeps the order of 20 fast messages, with random latency and never two in flight", async () => {
    const [room] = await world();
    for (const delay of [1, 7, 19]) {
      server.faults.add({ on: { method: "PUT", path: SEND }, do: { delay }, probability: 0.5 });
    }
    let most = 0;
    const app = started();
    for (const body of range(20)) app.type(room!, body);
    const watch = (async () => {
      while (said(room!).length < 20) {
        const inFlight = server.wire.requests.filter((each) => each.inFlight && SEND.test(each.path));
        most = Math.max(most, inFlight.length);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await app.rest(room!);
    await watch;
    expect(said(room!)).toEqual(range(20));
    expect(most).toBe(1);
  });

  it("does not hold up room B while room A hangs", async () => {
    const [a, b] = await world(2);
    let letGo = (): void => {};
    const holdBefore = new Promise<void>((resolve) => (letGo = resolve));
    server.faults.add({ on: { method: "PUT", path: SEND, roomId: a! }, do: { holdBefore } });
    const app = started();
    app.type(a!, "hangs");
    for (const body of range(5)) app.type(b!, body);
    await app.rest(b!);
    expect(said(b!)).toEqual(range(5));
    expect(said(a!)).toEqual([]);
    expect(app.states(a!)).toEqual(["hangs:sending"]);
    letGo();
    await app.rest(a!);
    expect(said(a!)).toEqual(["hangs"]);
  });

  it("holds all rooms while the server limits one", async () => {
    const [a, b] = await world(2);
    server.faults.add({
      on: { method: "PUT", path: SEND, roomId: a! },
      do: { limited: { retryAfterMs: 1000, header: true, body: true } },
      times: 1,
    });
    const app = started();
    app.type(a!, "limited");
    const limited = await server.wire.waitFor(({ status }) => status === 429);
    // The answer is on its way; the rooms are held once it is read.
    while (app.states(a!)[0] !== "limited:queued") await new Promise((resolve) => setImmediate(resolve));
    app.type(b!, "held as well");
    await app.rest(a!);
    await app.rest(b!);
    const later = server.wire.requests.filter(({ path, status }) => SEND.test(path) && status === 200);
    expect(later).toHaveLength(2);
    for (const { at } of later) expect(at - limited.at).toBeGreaterThanOrEqual(1000);
    expect([said(a!), said(b!)]).toEqual([["limited"], ["held as well"]]);
  });

  it("sends five messages typed offline, in order, once the network is back", async () => {
    const [room] = await world();
    server.cut();
    const app = started();
    for (const body of range(5)) app.type(room!, body);
    expect(app.states(room!)[0]).toBe("message 0:sending");
    while (app.states(room!)[0] !== "message 0:queued") await new Promise((resolve) => setImmediate(resolve));
    await server.restart();
    app.sending.wake("network");
    await app.rest(room!);
    expect(said(room!)).toEqual(range(5));
  });

  it("sends once when the app ends between the attempt and its answer", async () => {
    const [room] = await world();
    let letGo = (): void => {};
    const holdAnswer = new Promise<void>((resolve) => (letGo = resolve));
    server.faults.add({ on: { method: "PUT", path: SEND }, do: { holdAnswer }, times: 1 });
    const first = started();
    for (const body of range(3)) first.type(room!, body);
    while (said(room!).length === 0) await new Promise((resolve) => setImmediate(resolve));
    const { profileDir } = first;
    await first.close();
    letGo();
    const second = new App(server, profileDir);
    expect(second.states(room!)).toEqual(range(3).map((body) => `${body}:queued`));
    second.sending.start();
    await second.rest(room!);
    expect(said(room!)).toEqual(range(3));
  });

  it("asks once about a message that the server refuses, and goes on with the next", async () => {
    const [room] = await world();
    server.faults.add({
      on: { method: "PUT", path: SEND },
      do: { error: { status: 403, errcode: "M_FORBIDDEN", message: "not here" } },
      times: 1,
    });
    const app = started();
    app.type(room!, "refused");
    app.type(room!, "next");
    await app.rest(room!);
    expect(app.states(room!)).toEqual(["refused:unsent", "next:sent"]);
    expect(server.wire.count("PUT", SEND)).toBe(2);
    expect(app.sending.rows(room!)[0]!.send).toMatchObject({
      reason: { code: "rejected", failure: { status: 403, errcode: "M_FORBIDDEN", serverText: "not here" } },
    });
  });

  it("gets every message through once, in order, when a third of all requests fail in some way", async () => {
    const rooms = await world(3);
    const on = { method: "PUT", path: SEND };
    server.faults.seed(7);
    server.faults.add({ on, do: { drop: true }, probability: 0.07 });
    server.faults.add({ on, do: { answerLost: true }, probability: 0.07 });
    server.faults.add({ on, do: { truncate: true }, probability: 0.07 });
    server.faults.add({ on, do: { invalidJson: true }, probability: 0.07 });
    server.faults.add({ on, do: { status: { code: 502, body: "<html>" } }, probability: 0.07 });
    const app = started();
    for (const body of range(12)) for (const roomId of rooms) app.type(roomId, body);
    // Somebody keeps saying that the network is back, so that nobody waits for the backoff.
    let isOver = false;
    const nudge = (async () => {
      while (!isOver) {
        app.sending.wake("network");
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (const roomId of rooms) await app.rest(roomId);
    isOver = true;
    await nudge;
    for (const roomId of rooms) expect(said(roomId)).toEqual(range(12));
  });
});
