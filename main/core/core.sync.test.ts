import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { RoomId } from "../../preload/contract/ids.ts";
import { manualClock, realClock } from "./fake-platform.ts";
import type { Clock } from "./platform.ts";
import { CoreRig, endAll, homeserverWith, texts } from "./testing/core-rig.ts";

// Sync through the whole core: first sync, tokens, crashes, gaps, repetition, a server that fails.

let server: Homeserver;
beforeEach(async () => void (server = await homeserverWith("Ann", "Ben")));
afterEach(endAll);

const SYNC = /\/sync$/;
const SEND = /\/send\/m\.room\.message\//;
const syncs = () => server.wire.requests.filter(({ path }) => SYNC.test(path));
const aRoom = (name = "Room"): RoomId =>
  server.world.createRoom({ creator: "ben", members: ["ann"], name }) as RoomId;
const rooms = (count: number): RoomId[] =>
  Array.from({ length: count }, (_, i) => {
    const roomId = aRoom(`Room ${i}`);
    server.world.sendMessage(roomId, "ben", `hello ${i}`);
    return roomId;
  });
const numbers = (n: number, from = 0): string[] => Array.from({ length: n }, (_, i) => `message ${from + i}`);
const say = (roomId: RoomId, bodies: readonly string[]): void =>
  void bodies.forEach((body) => server.world.sendMessage(roomId, "ben", body));

/**
 * The machine's clock, which calls `between` when the core lets others breathe between two slices. A step of work takes
 * `stepMs`, as far as the clock says: without, a slice ends by its number of rooms alone.
 */
function clockWith(between: () => void, stepMs = 0): Clock {
  const clock = realClock();
  let passed = 0;
  return {
    ...clock,
    monotonic: () => (passed += stepMs),
    breath() {
      between();
      return clock.breath();
    },
  };
}

const addressOf = (input: Parameters<typeof globalThis.fetch>[0]): string =>
  input instanceof Request ? input.url : input.toString();

/** All pages of a room, to its start. */
async function wholeRoom(rig: CoreRig, roomId: RoomId): Promise<string[]> {
  const timeline = rig.watch("timeline", { roomId });
  while (timeline.value.older !== "exhausted") await rig.core.handlers.paginate({ roomId });
  timeline.stop();
  return texts(timeline.value);
}

describe("the first sync", () => {
  it("shows the first rooms at once and the others with the last, when that comes soon", async () => {
    rooms(60);
    const rig = await CoreRig.start(server, { clock: clockWith(() => undefined) });
    const list = rig.watch("roomList");
    await rig.signIn("ann");
    expect([...new Set(list.values.map(({ length }) => length))]).toEqual([0, 25, 60]);
    expect(new Set(list.value.map(({ name }) => name)).size).toBe(60);
  });

  it("on a machine that needs 100 ms for a step breathes and shows rooms after every one", async () => {
    rooms(5);
    let breaths = 0;
    const rig = await CoreRig.start(server, { clock: clockWith(() => (breaths += 1), 100) });
    const list = rig.watch("roomList");
    await rig.signIn("ann");
    expect(breaths).toBe(4);
    expect([...new Set(list.values.map(({ length }) => length))]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("of 5,000 rooms lets the event loop breathe 199 times", async () => {
    for (let i = 0; i < 5000; i += 1) server.world.createRoom({ creator: "ann", name: `Room ${i}` });
    let breaths = 0;
    const rig = await CoreRig.start(server, { clock: clockWith(() => (breaths += 1)) });
    const connection = rig.watch("connection");
    await rig.signIn("ann");
    expect(breaths).toBe(199);
    expect(rig.watch("roomList").value).toHaveLength(5000);
    const told = connection.values.flatMap((value) =>
      value.state === "catching-up" && value.progress !== null ? [value.progress] : [],
    );
    expect(told.length).toBeGreaterThanOrEqual(199);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  }, 120_000);

  it("begins again after a kill between two slices: nothing lost, nothing double", async () => {
    const ids = rooms(60);
    let reopen: (() => Promise<CoreRig>) | null = null;
    const rig: CoreRig = await CoreRig.start(server, {
      clock: clockWith(() => (reopen ??= rig.kill())),
    });
    const list = rig.watch("roomList");
    await rig.core.handlers.signIn({ homeserver: server.baseUrl, user: "ann", password: "password" });
    await list.until(({ length }) => length === 60);
    server.wire.clear();
    const after = await reopen!();
    expect(after.watch("roomList").value).toHaveLength(25);
    await after.live();
    expect(syncs()[0]?.query["since"]).toBeUndefined();
    expect(after.watch("roomList").value).toHaveLength(60);
    for (const [i, roomId] of ids.entries()) expect(await wholeRoom(after, roomId)).toEqual([`hello ${i}`]);
  });
});

describe("the token", () => {
  it("moves only with the last slice: a kill between slices of a catch-up repeats it and doubles nothing", async () => {
    const ids = rooms(60);
    const first = await (await CoreRig.start(server)).signIn("ann");
    const token = syncs().at(-1)?.query["since"];
    await first.close();
    for (const roomId of ids) say(roomId, ["while away"]);
    server.wire.clear();
    let reopen: (() => Promise<CoreRig>) | null = null;
    const second: CoreRig = await first.restart({ clock: clockWith(() => (reopen ??= second.kill())) });
    await second.live();
    const third = await reopen!();
    await third.live();
    const asked = syncs().map(({ query }) => query["since"]);
    expect(asked.filter((since) => since === asked[0])).toHaveLength(2);
    expect(token === undefined || asked[0] === token).toBe(true);
    for (const [i, roomId] of ids.entries())
      expect(await wholeRoom(third, roomId)).toEqual([`hello ${i}`, "while away"]);
  });

  it("is chained over many polls and a restart", async () => {
    const [roomId] = rooms(1);
    const given: string[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const response = await globalThis.fetch(input, init);
      if (!addressOf(input).includes("/sync?")) return response;
      const text = await response.text();
      given.push((JSON.parse(text) as { next_batch: string }).next_batch);
      return new Response(text, response);
    };
    const first = await (await CoreRig.start(server, { fetch })).signIn("ann");
    const timeline = first.watch("timeline", { roomId: roomId! });
    for (const body of numbers(100)) {
      say(roomId!, [body]);
      await timeline.until((view) => texts(view).at(-1) === body);
    }
    const second = await first.restart({ fetch });
    await second.live();
    const asked = syncs().map(({ query }) => query["since"]);
    expect(asked.length).toBeGreaterThan(100);
    expect(asked[0]).toBeUndefined();
    // Each poll carries what the answer before it gave; the one under way at the end has no answer yet.
    const chain = asked.slice(1).filter((since, i) => since !== asked[i]);
    expect(chain).toEqual([...new Set(given)].slice(0, chain.length));
    expect(await wholeRoom(second, roomId!)).toEqual(["hello 0", ...numbers(100)]);
  });

  it("refused by the server is dropped: a clean sync, and unsent messages and drafts stay", async () => {
    const [kept, left] = [aRoom("Kept"), aRoom("Left")];
    const rig = await (await CoreRig.start(server)).signIn("ann");
    server.faults.add({ on: { method: "PUT", path: SEND }, do: { status: { code: 502 } } });
    await rig.core.handlers.saveDraft({ roomId: kept, draft: { body: "half a thought" } });
    await rig.type(kept, "not sent yet");
    await rig.close();
    // Missed by the stream that is thrown away: only a clean sync that does not name the room tells of it.
    server.world.leave(left, "ann");
    server.wire.clear();
    server.faults.add({
      on: { path: SYNC },
      do: { error: { status: 400, errcode: "M_UNKNOWN", message: "unknown token" } },
      times: 2,
    });
    const second = await rig.restart();
    const list = second.watch("roomList");
    expect(list.value.map(({ name }) => name).sort()).toEqual(["Kept", "Left"]);
    await second.live();
    expect(
      syncs()
        .map(({ query }) => query["since"] !== undefined)
        .slice(0, 3),
    ).toEqual([true, true, false]);
    expect(list.value.map(({ name }) => name)).toEqual(["Kept"]);
    expect(second.watch("room", { roomId: kept }).value.draft).toEqual({ body: "half a thought" });
    server.faults.clear();
    await second.core.handlers.networkIsBack({});
    const timeline = second.watch("timeline", { roomId: kept });
    await second.watch("outbox").until((entries) => entries.length === 0);
    expect(texts(await timeline.until((view) => texts(view).length === 1))).toEqual(["not sent yet"]);
    expect(server.world.events(kept).filter(({ type }) => type === "m.room.message")).toHaveLength(1);
  });
});

describe("polls", () => {
  it("without news change nothing on the screen", async () => {
    const [roomId] = rooms(3);
    // The server holds polls for a moment only.
    const fetch: typeof globalThis.fetch = (input, init) =>
      globalThis.fetch(addressOf(input).replace("timeout=30000", "timeout=1"), init);
    const rig = await (await CoreRig.start(server, { fetch, clock: realClock() })).signIn("ann");
    const list = rig.watch("roomList");
    const timeline = rig.watch("timeline", { roomId: roomId! });
    await timeline.until(({ older }) => older === "exhausted");
    const connection = rig.watch("connection");
    const room = rig.watch("room", { roomId: roomId! });
    timeline.take();
    const before = syncs().length;
    await server.wire.waitFor(() => syncs().length > before + 50, 20_000);
    for (const recorder of [list, timeline, connection, room]) expect(recorder.take()).toEqual([]);
    // How long a statement takes is this machine's business.
    const complaints = rig.platform.logged.filter(
      ({ level, event }) => (level === "warn" || level === "error") && event !== "slow-statement",
    );
    expect(complaints).toEqual([]);
  });

  it("with 200 events bring them in the order of arrival, whatever their times say", async () => {
    const [roomId] = rooms(1);
    const first = await (await CoreRig.start(server)).signIn("ann");
    const timeline = first.watch("timeline", { roomId: roomId! });
    server.faults.add({ on: { path: SYNC }, do: { delay: 200 }, times: 1 });
    numbers(200).forEach((body, i) =>
      server.world.sendMessage(roomId!, "ben", body, { originServerTs: [0, 4e12, 1.4e12][i % 3]! + i }),
    );
    await timeline.until((view) => texts(view).at(-1) === "message 199");
    expect(await wholeRoom(first, roomId!)).toEqual(["hello 0", ...numbers(200)]);
  });

  it("that bring an event again, by sync and by history, count it once", async () => {
    const [roomId] = rooms(1);
    const rig = await (await CoreRig.start(server)).signIn("ann");
    const list = rig.watch("roomList");
    const timeline = rig.watch("timeline", { roomId: roomId! });
    server.faults.add({ on: { path: SYNC, roomId: roomId! }, do: { duplicateDelivery: true }, times: 3 });
    for (const body of numbers(4)) {
      say(roomId!, [body]);
      await timeline.until((view) => texts(view).at(-1) === body);
    }
    await rig.core.handlers.paginate({ roomId: roomId! });
    await rig.caughtUp("ann");
    expect(await wholeRoom(rig, roomId!)).toEqual(["hello 0", ...numbers(4)]);
    expect(list.value.find((room) => room.roomId === roomId)?.unread).toBe(5);
  });
});

describe("after an absence", () => {
  it("a limited sync shows no false continuity, and the hole closes by paging", async () => {
    const roomId = aRoom();
    say(roomId, numbers(10));
    const first = await (await CoreRig.start(server)).signIn("ann");
    await first.close();
    say(roomId, numbers(490, 10));
    const second = await first.restart();
    const timeline = second.watch("timeline", { roomId });
    await second.live();
    await timeline.until((view) => texts(view).at(-1) === "message 499");
    while (timeline.value.older !== "exhausted") await second.core.handlers.paginate({ roomId });
    const all = numbers(500);
    // At every moment: a stretch of the room without holes, in the server's order.
    for (const value of timeline.values) {
      const shown = texts(value);
      const at = all.indexOf(shown[0] ?? "");
      expect(shown).toEqual(all.slice(at, at + shown.length));
    }
    expect(texts(timeline.value)).toEqual(all);
  });

  it("of a moment, in an open room, the hole is not shown as continuity either", async () => {
    const roomId = aRoom();
    say(roomId, numbers(40));
    const rig = await (await CoreRig.start(server)).signIn("ann");
    const timeline = rig.watch("timeline", { roomId });
    await timeline.until((view) => texts(view).length === 40);
    server.faults.add({ on: { path: SYNC, roomId }, do: { limitedSync: 3 }, times: 1 });
    server.faults.add({ on: { path: SYNC }, do: { delay: 100 }, times: 1 });
    server.cut();
    say(roomId, numbers(30, 40));
    server.mend();
    await rig.core.handlers.networkIsBack({});
    await timeline.until((view) => texts(view).at(-1) === "message 69");
    expect(await wholeRoom(rig, roomId)).toEqual(numbers(70));
    const all = numbers(70);
    for (const value of timeline.values) {
      const shown = texts(value);
      const at = all.indexOf(shown[0] ?? "");
      expect(shown).toEqual(all.slice(at, at + shown.length));
    }
  });
});

describe("a server that fails", () => {
  it.each([
    ["429", { limited: { retryAfterMs: 50 } }, "limited"],
    [
      "502 with a page of HTML",
      { status: { code: 502, body: "<html>bad", contentType: "text/html" } },
      "unavailable",
    ],
    [
      "200 with a page of HTML",
      { status: { code: 200, body: "<html>hi", contentType: "text/html" } },
      "malformed",
    ],
    ["broken JSON", { invalidJson: true }, "malformed"],
    ["half an answer", { truncate: true }, "unavailable"],
    ["a JSON answer without a token", { rewrite: () => ({ rooms: {} }) }, "malformed"],
  ] as const)("with %s is told as such and asked again until it works", async (_what, fault, kind) => {
    const roomId = aRoom();
    const rig = await (await CoreRig.start(server)).signIn("ann");
    const connection = rig.watch("connection");
    const timeline = rig.watch("timeline", { roomId });
    server.faults.add({ on: { path: SYNC }, do: fault, times: 1 });
    server.cut();
    server.mend();
    const told = await connection.until((value) => value.state === "offline" && value.failure.kind === kind);
    expect(told).toMatchObject({ state: "offline", failure: { kind } });
    say(roomId, ["after the failure"]);
    await timeline.until((view) => texts(view).includes("after the failure"));
    await connection.until(({ state }) => state === "live");
  });

  it("gone for long is asked in growing intervals, and at once when the network is said to be back", async () => {
    const roomId = aRoom();
    const clock = manualClock();
    const rig = await (await CoreRig.start(server, { clock })).signIn("ann");
    const connection = rig.watch("connection");
    server.cut();
    const waits: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const told = await connection.until((value) => value.state === "offline" && value.until > clock.now());
      const wait = told.state === "offline" ? told.until - clock.now() : 0;
      waits.push(wait);
      await clock.advance(wait);
    }
    expect(waits[0]).toBeLessThanOrEqual(1000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(4000);
    expect(waits.at(-1)).toBeGreaterThan(waits[0]!);
    await connection.until((value) => value.state === "offline" && value.until > clock.now());
    say(roomId, ["while away"]);
    server.mend();
    await rig.core.handlers.networkIsBack({});
    await connection.until(({ state }) => state === "live");
    expect(texts(rig.watch("timeline", { roomId }).value)).toEqual(["while away"]);
  });

  it("that forgot our filter gets it once more, and only once", async () => {
    const roomId = aRoom();
    const rig = await (await CoreRig.start(server)).signIn("ann");
    const timeline = rig.watch("timeline", { roomId });
    server.world.forgetFilters("ann");
    for (const body of numbers(5)) {
      say(roomId, [body]);
      await timeline.until((view) => texts(view).at(-1) === body);
    }
    expect(server.wire.count("POST", /\/filter$/)).toBe(2);
    expect(syncs().filter(({ query }) => query["since"] === undefined)).toHaveLength(1);
    expect(syncs().every(({ query }) => query["filter"] !== undefined)).toBe(true);
  });
});
