import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { RoomId } from "../../preload/contract/ids.ts";
import { FailureError } from "./failure.ts";
import { manualClock, realClock } from "./fake-platform.ts";
import { CoreRig, endAll, eventually, filesWith, homeserverWith, texts } from "./testing/core-rig.ts";

// Sessions through the whole core: how they end, who comes next, and what stays on disk.

let server: Homeserver;
let roomId: RoomId;
beforeEach(async () => {
  server = await homeserverWith("Ann", "Ben");
  roomId = server.world.createRoom({ creator: "ben", members: ["ann"], name: "Garden" }) as RoomId;
  server.world.sendMessage(roomId, "ben", "first");
});
afterEach(endAll);

const SYNC = /\/sync$/;
const SEND = /\/send\/m\.room\.message\//;
const sends = () => server.wire.requests.filter(({ path }) => SEND.test(path));
const said = () =>
  server.world
    .events(roomId)
    .filter(({ type }) => type === "m.room.message")
    .map(({ content }) => content["body"]);
const started = async (): Promise<CoreRig> => (await CoreRig.start(server)).signIn("ann");
const failSends = () => server.faults.add({ on: { path: SEND }, do: { status: { code: 502 } } });

describe("a soft logout", () => {
  it("keeps everything readable and writable, and goes on with the same device and transaction", async () => {
    const rig = await started();
    const { deviceIds } = server.world.user("ann");
    const timeline = rig.watch("timeline", { roomId });
    const connection = rig.watch("connection");
    const fault = failSends();
    const transactionId = await rig.type(roomId, "before the logout");
    await server.wire.waitFor(({ path }) => path.endsWith(transactionId));
    server.world.expireToken("ann", "soft");
    await connection.until(({ state }) => state === "signed-out-soft");
    expect(rig.watch("session").value.state).toBe("soft-signed-out");
    expect(rig.watch("roomList").value.map(({ name }) => name)).toEqual(["Garden"]);
    await rig.type(roomId, "meanwhile");
    await rig.core.handlers.saveDraft({ roomId, draft: { body: "a draft" } });
    expect(texts(timeline.value)).toEqual(["first", "before the logout", "meanwhile"]);
    fault.remove();
    await rig.signIn("ann");
    await rig.watch("outbox").until((entries) => entries.length === 0);
    expect(said()).toEqual(["first", "before the logout", "meanwhile"]);
    expect(server.world.user("ann").deviceIds).toEqual(deviceIds);
    expect(sends().filter(({ path }) => path.endsWith(transactionId)).length).toBeGreaterThan(1);
    expect(rig.watch("room", { roomId }).value.draft).toEqual({ body: "a draft" });
  });

  it("ends the talking: news of the network changes nothing", async () => {
    const rig = await started();
    server.world.expireToken("ann", "soft");
    await rig.watch("connection").until(({ state }) => state === "signed-out-soft");
    const before = server.wire.requests.length;
    const connection = rig.watch("connection");
    await rig.core.handlers.networkIsBack({});
    await rig.core.handlers.networkIsBack({});
    // One answer from the server after the request that is not to be: then there was none.
    await globalThis.fetch(`${server.baseUrl}/_matrix/client/versions`);
    expect(server.wire.requests.slice(before).map(({ path }) => path)).toEqual(["/_matrix/client/versions"]);
    expect(connection.take()).toEqual([]);
  });

  it("is still one after a restart", async () => {
    const rig = await started();
    server.world.expireToken("ann", "soft");
    await rig.watch("connection").until(({ state }) => state === "signed-out-soft");
    const again = await rig.restart();
    expect(again.watch("connection").value).toEqual({ state: "signed-out-soft" });
    expect(texts(again.watch("timeline", { roomId }).value)).toEqual(["first"]);
  });
});

describe("a hard logout", () => {
  it("drops the cache, keeps queue and drafts, and parks what may have arrived from the old device", async () => {
    const rig = await started();
    const list = rig.watch("roomList");
    failSends();
    const transactionId = await rig.type(roomId, "may have arrived");
    await server.wire.waitFor(({ path, status }) => path.endsWith(transactionId) && status !== undefined);
    await rig.type(roomId, "never left");
    await rig.core.handlers.saveDraft({ roomId, draft: { body: "a draft" } });
    server.world.expireToken("ann", "hard");
    await rig.watch("connection").until(({ state }) => state === "signed-out");
    expect(rig.watch("session").value).toMatchObject({ state: "signed-out", reason: "server" });
    expect(list.value).toEqual([]);
    await eventually(() => filesWith(rig.platform.profileDir, "Garden").length === 0);
    server.faults.clear();
    await rig.signIn("ann");
    expect(list.value.map(({ name }) => name)).toEqual(["Garden"]);
    const outbox = rig.watch("outbox");
    await outbox.until((entries) => entries.every(({ send }) => send.state === "unsent"));
    expect(outbox.value.map(({ text, send }) => [text, send])).toEqual([
      ["may have arrived", { state: "unsent", reason: { code: "uncertain" } }],
      ["never left", { state: "unsent", reason: { code: "behind" } }],
    ]);
    expect(rig.watch("room", { roomId }).value.draft).toEqual({ body: "a draft" });
    await rig.core.handlers.retryAllSends({});
    await outbox.until((entries) => entries.length === 0);
    expect(said()).toEqual(["first", "may have arrived", "never left"]);
  });
});

describe("signing out", () => {
  const secret = "ornithological";
  async function fullProfile(): Promise<CoreRig> {
    server.world.sendMessage(roomId, "ben", `${secret} history`);
    const rig = await started();
    failSends();
    await rig.type(roomId, `${secret} unsent`);
    await rig.core.handlers.saveDraft({ roomId, draft: { body: `${secret} draft` } });
    const image = server.world.uploadMedia(
      Buffer.from(`\u0089PNG\r\n\u001a\n${secret}`, "latin1"),
      "image/png",
    );
    await rig.core.media(`media/${image.slice("mxc://".length)}`);
    expect(filesWith(rig.platform.profileDir, secret).length).toBeGreaterThan(2);
    return rig;
  }
  const traces = (rig: CoreRig): string[] => [
    ...filesWith(rig.platform.profileDir, secret),
    ...filesWith(rig.platform.profileDir, "Garden"),
    ...filesWith(rig.platform.profileDir, "@ann:"),
  ];

  it("leaves nothing of the account behind", async () => {
    const rig = await fullProfile();
    const token = JSON.parse(rig.platform.secrets.stored.get("session") ?? "{}") as { accessToken: string };
    await rig.core.handlers.signOut({});
    expect(rig.watch("connection").value).toEqual({ state: "signed-out" });
    expect(rig.watch("session").value).toMatchObject({ state: "signed-out", reason: "user" });
    await eventually(() => traces(rig).length === 0);
    expect(filesWith(rig.platform.profileDir, token.accessToken)).toEqual([]);
    expect([...rig.platform.secrets.stored]).toEqual([]);
    expect(JSON.stringify(rig.platform.logged)).not.toContain(token.accessToken);
    expect(server.world.user("ann").deviceIds).toEqual([]);
    await rig.close();
    expect(traces(rig)).toEqual([]);
  });

  it("that a kill interrupts is finished by the next start", async () => {
    const rig = await fullProfile();
    const answer = Promise.withResolvers<void>();
    server.faults.add({ on: { path: /\/logout$/ }, do: { holdBefore: answer.promise } });
    const ending = rig.core.handlers.signOut({});
    await server.wire.waitFor(({ path }) => path.endsWith("/logout"));
    const reopen = rig.kill();
    answer.resolve();
    await ending;
    server.faults.clear();
    const again = await reopen();
    expect(again.watch("session").value.state).toBe("signed-out");
    await eventually(() => traces(again).length === 0);
  });

  it("works without a network", async () => {
    const rig = await fullProfile();
    server.cut();
    await rig.core.handlers.signOut({});
    expect(rig.watch("session").value).toMatchObject({ state: "signed-out", reason: "user" });
    await eventually(() => traces(rig).length === 0);
  });

  it("keeps the preferences of this machine", async () => {
    const rig = await started();
    const { value } = rig.watch("settings");
    await rig.core.handlers.saveSettings({ settings: { ...value, theme: "dark" } });
    await rig.core.handlers.signOut({});
    expect((await rig.restart()).watch("settings").value.theme).toBe("dark");
  });
});

describe("another person", () => {
  it("signing in afterwards never sees rooms, queue or drafts of the first", async () => {
    server.world.addUser("cy");
    const rig = await started();
    const list = rig.watch("roomList");
    failSends();
    await rig.type(roomId, "of ann");
    await rig.core.handlers.saveDraft({ roomId, draft: { body: "of ann" } });
    server.world.expireToken("ann", "hard");
    await rig.watch("connection").until(({ state }) => state === "signed-out");
    server.faults.clear();
    list.values.length = 0;
    await rig.signIn("cy");
    await rig.caughtUp("cy");
    expect(list.values.flat().filter((room) => room.roomId === roomId)).toEqual([]);
    expect(rig.watch("outbox").value).toEqual([]);
    expect(rig.watch("room", { roomId }).value.draft).toBeNull();
    expect(texts(rig.watch("timeline", { roomId }).value)).toEqual([]);
    expect(said()).toEqual(["first"]);
    // And the words of the first are still there for them.
    await rig.core.handlers.signOut({});
    await rig.signIn("ann");
    await rig.watch("outbox").until((entries) => entries.length === 1);
    expect(rig.watch("room", { roomId }).value.draft).toEqual({ body: "of ann" });
  });

  it("cannot take over a soft-signed-out session", async () => {
    server.world.addUser("cy");
    const rig = await started();
    server.world.expireToken("ann", "soft");
    await rig.watch("connection").until(({ state }) => state === "signed-out-soft");
    const attempt = rig.core.handlers.signIn({
      homeserver: server.baseUrl,
      user: "cy",
      password: "password",
    });
    await expect(attempt).rejects.toBeInstanceOf(FailureError);
    expect(rig.watch("roomList").value.map(({ name }) => name)).toEqual(["Garden"]);
  });
});

describe("tokens that expire", () => {
  it("are renewed without anybody noticing, and the renewed one survives a restart", async () => {
    const rig = await started();
    const connection = rig.watch("connection");
    const timeline = rig.watch("timeline", { roomId });
    server.world.expireToken("ann", "refreshable");
    server.world.sendMessage(roomId, "ben", "after the refresh");
    await timeline.until((view) => texts(view).includes("after the refresh"));
    expect(connection.take()).toEqual([]);
    expect(server.wire.count("POST", /\/refresh$/)).toBe(1);
    const again = await rig.restart();
    await again.live();
    expect(server.wire.count("POST", /\/login$/)).toBe(1);
    expect(server.wire.count("POST", /\/refresh$/)).toBe(1);
  });
});

describe("a start without a server", () => {
  it("shows what is cached, takes a message, and sends it when the network is back", async () => {
    const rig = await started();
    await rig.close();
    server.cut();
    const again = await rig.restart();
    expect(again.watch("roomList").value.map(({ name }) => name)).toEqual(["Garden"]);
    const timeline = again.watch("timeline", { roomId });
    expect(texts(timeline.value)).toEqual(["first"]);
    await again.type(roomId, "queued offline");
    await again.watch("connection").until(({ state }) => state === "offline");
    server.mend();
    await again.watch("outbox").until((entries) => entries.length === 0);
    expect(said()).toEqual(["first", "queued offline"]);
  });
});

describe("what the server knows of us", () => {
  it("is followed when another device of ours changes our name", async () => {
    const rig = await started();
    const session = rig.watch("session");
    server.world.setProfile("ann", { displayName: "Anna" });
    await session.until((now) => now.state === "signed-in" && now.account.displayName === "Anna");
  });

  it("is asked for when a start without a server has found it again: our name, and what it speaks", async () => {
    const rig = await started();
    await rig.close();
    server.world.setProfile("ann", { displayName: "Anna" });
    server.cut();
    const again = await rig.restart();
    await again.watch("connection").until(({ state }) => state === "offline");
    const before = server.wire.requests.length;
    server.mend();
    await again
      .watch("session")
      .until((now) => now.state === "signed-in" && now.account.displayName === "Anna");
    const isVersions = ({ path }: { path: string }): boolean => path.endsWith("/versions");
    await eventually(() => server.wire.requests.slice(before).some(isVersions));
  });
});

describe("a start whose keyring does not open", () => {
  it("says so, shows nothing, and has everything again when it opens", async () => {
    const rig = await started();
    await rig.core.handlers.saveDraft({ roomId, draft: { body: "a draft" } });
    rig.platform.secrets.isLost = true;
    const shut = await rig.restart();
    expect(shut.watch("session").value).toMatchObject({ state: "signed-out", reason: "secrets-lost" });
    expect(shut.watch("roomList").value).toEqual([]);
    expect(shut.watch("room", { roomId }).value.draft).toBeNull();
    rig.platform.secrets.isLost = false;
    server.cut();
    const open = await shut.restart();
    expect(open.watch("roomList").value.map(({ name }) => name)).toEqual(["Garden"]);
    expect(open.watch("room", { roomId }).value.draft).toEqual({ body: "a draft" });
  });
});

describe("clocks", () => {
  it("two hours apart change neither order nor activity nor what is sent", async () => {
    const clock = manualClock(Date.now() - 2 * 3_600_000);
    const rig = await CoreRig.start(server, {
      clock: { ...realClock(), now: () => clock.now() },
    });
    await rig.signIn("ann");
    const timeline = rig.watch("timeline", { roomId });
    const transactionId = await rig.type(roomId, "mine");
    await timeline.until((view) =>
      view.items.some(
        (item) => item.id === transactionId && item.kind === "message" && item.eventId !== null,
      ),
    );
    server.world.sendMessage(roomId, "ben", "theirs");
    await timeline.until((view) => texts(view).length === 3);
    expect(texts(timeline.value)).toEqual(["first", "mine", "theirs"]);
    const room = rig.watch("roomList").value[0];
    expect(room?.lastActivityTs).toBe(clock.now());
    expect(rig.watch("connection").value).toEqual({ state: "live" });
  });
});

it("polls once at a time", async () => {
  const rig = await started();
  for (let i = 0; i < 5; i += 1) await rig.core.handlers.networkIsBack({});
  await rig.caughtUp("ann");
  const open = server.wire.requests.filter(({ path, inFlight }) => SYNC.test(path) && inFlight);
  expect(open.length).toBeLessThanOrEqual(1);
});
