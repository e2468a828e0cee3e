import { closeSync, fstatSync, openSync, readdirSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { RoomId } from "../../preload/contract/ids.ts";
import type { CoreRig as Rig } from "./testing/core-rig.ts";

// The disk under the whole core: damaged at the start, damaged while in use, full.

/** Every database opened, newest last: a test fills the disk of one by allowing it no more pages. */
const opened = vi.hoisted((): BetterSqlite3.Database[] => []);
vi.mock("better-sqlite3", async (importOriginal) => {
  const { default: Real } = await importOriginal<{ default: typeof BetterSqlite3 }>();
  return {
    default: class extends Real {
      constructor(path: string, options?: BetterSqlite3.Options) {
        super(path, options);
        opened.push(this);
      }
    },
  };
});
const { CoreRig, endAll, eventually, homeserverWith, texts } = await import("./testing/core-rig.ts");

let server: Homeserver;
let roomId: RoomId;
beforeEach(async () => {
  server = await homeserverWith("Ann", "Ben");
  roomId = server.world.createRoom({ creator: "ben", members: ["ann"], name: "Garden" }) as RoomId;
  server.world.sendMany(roomId, 20, (i) => ({ sender: "ben", content: `message ${i}` }));
});
afterEach(async () => {
  await endAll();
  opened.length = 0;
});

const SEND = /\/send\/m\.room\.message\//;
const all = Array.from({ length: 20 }, (_, i) => `message ${i}`);
const cacheOf = (rig: Rig): BetterSqlite3.Database => {
  const path = join(rig.platform.profileDir, "cache.db");
  const found = opened.findLast((database) => database.name === path && database.open);
  if (found === undefined) throw new Error("no cache is open");
  return found;
};
const copies = (rig: Rig): string[] =>
  readdirSync(rig.platform.profileDir).filter((name) => /^cache\.db\.damaged-\d+$/.test(name));

/** A session with something unsent and a draft; ended. */
async function aProfile(): Promise<Rig> {
  const rig = await (await CoreRig.start(server)).signIn("ann");
  server.faults.add({ on: { path: SEND }, do: { status: { code: 502 } } });
  await rig.type(roomId, "unsent");
  await rig.core.handlers.saveDraft({ roomId, draft: { body: "a draft" } });
  await rig.close();
  return rig;
}

/** All pages but the first become garbage, as a failing disk leaves them. */
function spoil(path: string): void {
  const file = openSync(path, "r+");
  const { size } = fstatSync(file);
  for (let at = 4096; at < size; at += 4096)
    writeSync(file, Buffer.alloc(Math.min(4096, size - at), 0xa5), 0, undefined, at);
  closeSync(file);
}

const expectHealed = (rig: Rig): Promise<void> => expectHealedBut(rig, 1);

/** Everything is there again, and so many damaged copies lie beside it. */
async function expectHealedBut(rig: Rig, damagedCopies: number): Promise<void> {
  await rig.live();
  expect(rig.watch("session").value.state).toBe("signed-in");
  expect(rig.watch("roomList").value.map(({ name }) => name)).toEqual(["Garden"]);
  expect(rig.watch("room", { roomId }).value.draft).toEqual({ body: "a draft" });
  expect(copies(rig)).toHaveLength(damagedCopies);
  server.faults.clear();
  await rig.core.handlers.networkIsBack({});
  await rig.watch("outbox").until((entries) => entries.length === 0);
  const timeline = rig.watch("timeline", { roomId });
  await timeline.until((view) => texts(view).length === 21);
  expect(texts(timeline.value)).toEqual([...all, "unsent"]);
}

describe("a cache damaged at the start", () => {
  it.each([
    [
      "that is no database at all",
      (path: string) => writeFileSync(path, "a poem about a database ".repeat(500)),
    ],
    ["whose pages are garbage behind a sound first one", spoil],
  ])("%s is moved aside and rebuilt; queue, draft and session stay", async (_what, damage) => {
    const rig = await aProfile();
    damage(join(rig.platform.profileDir, "cache.db"));
    await expectHealed(await rig.restart());
  });
});

describe("the diagnostics", () => {
  it("say versions, sizes and states, and neither a token nor what anybody wrote", async () => {
    const rig = await aProfile();
    const again = await rig.restart();
    await again.live();
    const { text } = await again.core.handlers.loadDiagnostics({});
    const lines = Object.fromEntries(
      text
        .split("\n")
        .map((line): [string, string] => [line.split(": ")[0] ?? "", line.split(": ")[1] ?? ""]),
    );
    expect(lines).toMatchObject({
      connection: "live",
      rooms: "1",
      "outgoing, queued": "1",
      secrets: "os-keyring",
    });
    expect(lines["schema of cache.db"]).toMatch(/^\d+$/);
    expect(lines["cache.db"]).toMatch(/MiB/);
    for (const name of ["opened in", "open for", "up to date after"])
      expect([name, lines[name]]).toEqual([name, expect.stringMatching(/^\d+ m?s$/)]);
    expect(lines["connection lost"]).toMatch(/^\d+ times/);
    for (const file of ["cache.db", "kept.db"])
      expect(lines[`statements of ${file}`]).toMatch(/^[1-9]\d* in \d+ m?s, \d+ slow$/);
    for (const secret of [
      "unsent",
      "a draft",
      "Garden",
      "message 3",
      ...server.world.user("ann").userId.split("!"),
    ])
      expect(text).not.toContain(secret);
  });
});

describe("the cache, when the user resets it", () => {
  it("is filled anew under the open topics; queue, draft, session and settings stay", async () => {
    const rig = await (await aProfile()).restart();
    await rig.live();
    await rig.core.handlers.saveSettings({
      settings: { ...rig.watch("settings").value, theme: "dark" },
    });
    const timeline = rig.watch("timeline", { roomId });
    const syncs = server.wire.count("GET", /\/sync$/);
    await rig.core.handlers.resetCache({});
    await eventually(() => server.wire.count("GET", /\/sync$/) > syncs);
    await expectHealedBut(rig, 0);
    expect(rig.watch("settings").value.theme).toBe("dark");
    await timeline.until((view) => texts(view).length === 21);
  });
});

describe("words queued for a room", () => {
  it("wait after a rebuilt cache until it is known whether the room is encrypted, and then never leave in the open", async () => {
    const rig = await aProfile();
    server.world.sendState(roomId, "ben", "m.room.encryption", "", { algorithm: "m.megolm.v1.aes-sha2" });
    server.faults.clear();
    const before = server.wire.count("PUT", SEND);
    const noSync = server.faults.add({ on: { path: /\/sync$/ }, do: { status: { code: 502 } } });
    spoil(join(rig.platform.profileDir, "cache.db"));
    const again = await rig.restart();
    await server.wire.waitFor(({ path, status }) => path.endsWith("/sync") && status === 502);
    await again.core.handlers.networkIsBack({});
    expect(server.wire.count("PUT", SEND)).toBe(before);
    noSync.remove();
    await again.core.handlers.networkIsBack({});
    const outbox = again.watch("outbox");
    await outbox.until(([entry]) => entry?.send.state === "unsent");
    expect(outbox.value).toMatchObject([
      {
        text: "unsent",
        send: { reason: { code: "rejected", failure: { message: "room-encrypted" } } },
      },
    ]);
    expect(server.wire.count("PUT", SEND)).toBe(before);
  });
});

describe("a cache damaged while in use", () => {
  it("is rebuilt under the open topics, which follow", async () => {
    const rig = await (await aProfile()).restart();
    await rig.live();
    const list = rig.watch("roomList");
    const room = rig.watch("room", { roomId });
    const connection = rig.watch("connection");
    await eventually(
      () => (cacheOf(rig).pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[])[0]?.busy === 0,
    );
    spoil(join(rig.platform.profileDir, "cache.db"));
    cacheOf(rig).pragma("shrink_memory");
    // The next thing anybody wants from the file meets the damage: here, opening the room.
    const timeline = rig.watch("timeline", { roomId });
    await eventually(() => copies(rig).length === 1);
    await connection.until(({ state }) => state === "live");
    await list.until((rooms) => rooms.length === 1);
    await timeline.until((view) => texts(view).length === 21);
    expect(texts(timeline.value)).toEqual([...all, "unsent"]);
    expect(connection.values.map(({ state }) => state)).not.toContain("stopped");
    expect(room.value.name).toBe("Garden");
    server.world.sendState(roomId, "ben", "m.room.name", "", { name: "Meadow" });
    await room.until(({ name }) => name === "Meadow");
    await expectHealedName(rig);
  });

  async function expectHealedName(rig: Rig): Promise<void> {
    const { value } = rig.watch("roomList");
    expect(value.map(({ name }) => name)).toEqual(["Meadow"]);
    server.faults.clear();
    await rig.core.handlers.networkIsBack({});
    await rig.watch("outbox").until((entries) => entries.length === 0);
    expect(rig.watch("room", { roomId }).value.draft).toEqual({ body: "a draft" });
  }

  it("is rebuilt when a sync is what meets the damage", async () => {
    const rig = await (await aProfile()).restart();
    await rig.live();
    const timeline = rig.watch("timeline", { roomId });
    await eventually(
      () => (cacheOf(rig).pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[])[0]?.busy === 0,
    );
    spoil(join(rig.platform.profileDir, "cache.db"));
    cacheOf(rig).pragma("shrink_memory");
    server.world.sendMessage(roomId, "ben", "news");
    await eventually(() => copies(rig).length === 1);
    await timeline.until((view) => texts(view).includes("news") && texts(view).length === 22);
    expect(texts(timeline.value)).toEqual([...all, "news", "unsent"]);
  });
});

describe("a full disk", () => {
  it("while syncing stops with a word about it, keeps everything, and goes on when there is room again", async () => {
    const rig = await (await CoreRig.start(server)).signIn("ann");
    const connection = rig.watch("connection");
    const timeline = rig.watch("timeline", { roomId });
    const cache = cacheOf(rig);
    cache.pragma(`max_page_count = ${cache.pragma("page_count", { simple: true }) as number}`);
    const long = "x".repeat(30_000);
    server.world.sendMany(roomId, 10, (i) => ({ sender: "ben", content: `${long} ${i}` }));
    const stopped = await connection.until(({ state }) => state === "stopped");
    expect(stopped).toMatchObject({ failure: { kind: "storage", problem: "full" } });
    expect(texts(timeline.value)).toEqual(all);
    expect(rig.watch("roomList").value.map(({ name }) => name)).toEqual(["Garden"]);
    // Still full: trying again says so again.
    connection.take();
    await rig.core.handlers.networkIsBack({});
    await connection.until(({ state }) => state !== "stopped");
    await connection.until(({ state }) => state === "stopped");
    cache.pragma("max_page_count = 1000000");
    await rig.core.handlers.networkIsBack({});
    await connection.until(({ state }) => state === "live");
    expect(texts(timeline.value).map((text) => text.slice(-12))).toEqual(
      [...all, ...Array.from({ length: 10 }, (_, i) => `${long} ${i}`)].map((text) => text.slice(-12)),
    );
  });

  it("refuses a message instead of losing it, and says that the disk is full", async () => {
    const rig = await (await CoreRig.start(server)).signIn("ann");
    const path = join(rig.platform.profileDir, "kept.db");
    const kept = opened.findLast((database) => database.name === path)!;
    kept.pragma(`max_page_count = ${kept.pragma("page_count", { simple: true }) as number}`);
    const send = async (): Promise<void> => {
      for (let i = 0; i < 10; i += 1) await rig.type(roomId, `${i} ${"y".repeat(30_000)}`);
    };
    await expect(send()).rejects.toMatchObject({ failure: { kind: "storage", problem: "full" } });
    kept.pragma("max_page_count = 1000000");
    await rig.type(roomId, "after all");
    await rig.watch("timeline", { roomId }).until((view) => texts(view).includes("after all"));
    expect(rig.watch("connection").value).toEqual({ state: "live" });
  });
});

describe("a disk that takes no notes of what is being sent", () => {
  it("is told, holds up nothing else, and what waits leaves once it does again", async () => {
    const rig = await (await CoreRig.start(server)).signIn("ann");
    const connection = rig.watch("connection");
    const timeline = rig.watch("timeline", { roomId });
    const kept = opened.findLast(({ name }) => name === join(rig.platform.profileDir, "kept.db"))!;
    const down = server.faults.add({ on: { path: SEND }, do: { status: { code: 502 } } });
    await rig.type(roomId, "held");
    kept.pragma("query_only = ON");
    const stopped = await connection.until(({ state }) => state === "stopped");
    expect(stopped).toMatchObject({ failure: { kind: "storage", problem: "readonly" } });
    down.remove();
    server.world.sendMessage(roomId, "ben", "still arriving");
    await timeline.until((view) => texts(view).includes("still arriving"));
    expect(connection.value.state).toBe("stopped");
    kept.pragma("query_only = OFF");
    await rig.core.handlers.networkIsBack({});
    await connection.until(({ state }) => state === "live");
    await rig.watch("outbox").until((entries) => entries.length === 0);
    expect(texts(timeline.value)).toEqual([...all, "still arriving", "held"]);
  });
});

describe("a profile that cannot be opened", () => {
  it("because another instance has it is free for the next when that one ends", async () => {
    const rig = await CoreRig.start(server);
    const { profileDir } = rig.platform;
    await expect(CoreRig.start(server, { profileDir })).rejects.toMatchObject({
      failure: { kind: "storage", problem: "in-use" },
    });
    await rig.close();
    const next = await CoreRig.start(server, { profileDir });
    expect(next.watch("connection").value).toEqual({ state: "signed-out" });
  });
});
