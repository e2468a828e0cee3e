import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startHomeserver, type Homeserver } from "../../../e2e/homeserver/index.ts";
import type { CallId, RoomId, StagedId, TransactionId } from "../../../preload/contract/ids.ts";
import type { AccountView } from "../../../preload/contract/models/accounts.ts";
import type { Core } from "../api.ts";
import { createCores } from "../core.ts";
import { pngOf } from "../media/pictures.ts";
import { fakePlatform, realClock, type FakePlatform, type FakeSecrets } from "../fake-platform.ts";
import { Recorder } from "../testing/recorder.ts";

// Several accounts in one window: each goes on while another is shown, and nothing of one stays when it is removed.

let server: Homeserver;
let core: Core;
let platform: FakePlatform;
let isCut = false;

beforeEach(async () => {
  server = await startHomeserver();
  for (const name of ["ana", "ben", "work"]) server.world.addUser(name, { displayName: name });
  isCut = false;
  platform = aPlatform();
  core = await createCores(platform);
});
afterEach(async () => {
  await core.close();
  platform.cleanUp();
  await server.stop();
});

function aPlatform(
  options: { profileDir?: string; secrets?: FakeSecrets; seed?: number } = {},
): FakePlatform {
  return fakePlatform({
    ...options,
    clock: realClock(),
    fetch: (input, init) => (isCut ? Promise.reject(new TypeError("fetch failed")) : fetch(input, init)),
  });
}

async function restart(): Promise<void> {
  await core.close();
  const { profileDir, secrets } = platform;
  platform = aPlatform({ profileDir, secrets, seed: 7 });
  core = await createCores(platform);
}

const watch = <T extends "accounts" | "roomList" | "session" | "notices" | "destination" | "settings">(
  topic: T,
) => new Recorder<T>(core, topic, null);

async function signIn(user: string): Promise<void> {
  await core.handlers.signIn({ homeserver: server.baseUrl, user, password: "password" });
  await watch("session").until(({ state }) => state === "signed-in");
}

test("diagnostics say by what the sign-ins are sealed", async () => {
  await core.close();
  Object.assign(platform.secrets, { describe: () => Promise.resolve("1 sealed by kwallet6") });
  core = await createCores(platform);
  await signIn("ana");
  const { text } = await core.handlers.loadDiagnostics({});
  expect(text).toContain("secrets stored: 1 sealed by kwallet6");
});

/** Ana, and a second account for work, which is shown. */
async function two(): Promise<{ ana: AccountView; work: AccountView }> {
  await signIn("ana");
  await core.handlers.addAccount({});
  await signIn("work");
  const [ana, work] = watch("accounts").value;
  if (ana === undefined || work === undefined) throw new Error("no two accounts");
  return { ana, work };
}

const idOf = (user: string) => server.world.user(user).userId;
const roomOf = (user: string, name: string): RoomId =>
  server.world.createRoom({ creator: idOf(user), name, members: [idOf("ben")] }) as RoomId;
const foldersOf = (dir: string): string[] =>
  existsSync(join(dir, "accounts")) ? readdirSync(join(dir, "accounts")) : [];

test("a second account is added beside the first, and each shows its own rooms", async () => {
  const ofAna = roomOf("ana", "Home");
  const ofWork = roomOf("work", "Office");
  const rooms = watch("roomList");
  const { ana, work } = await two();
  expect([ana.userId, work.userId]).toEqual([idOf("ana"), idOf("work")]);
  expect([ana.isActive, work.isActive]).toEqual([false, true]);
  // The subscription was opened before anybody signed in, and has moved over by itself.
  await rooms.until((list) => list.some(({ roomId }) => roomId === ofWork));
  expect(rooms.value.map(({ roomId }) => roomId)).not.toContain(ofAna);
  await core.handlers.switchAccount({ accountId: ana.accountId });
  await rooms.until((list) => list.some(({ roomId }) => roomId === ofAna));
  expect(rooms.value.map(({ roomId }) => roomId)).not.toContain(ofWork);
  expect(watch("session").value).toMatchObject({ account: { userId: idOf("ana") } });
});

test("what comes to an account that is not shown is counted and notified, and its notification leads there", async () => {
  const room = roomOf("ana", "Home");
  const { ana } = await two();
  const accounts = watch("accounts");
  const notices = watch("notices");
  await accounts.until((list) => list.length === 2);
  server.world.sendMessage(room, idOf("ben"), "are you there?");
  await accounts.until((list) => list[0]?.unread === 1);
  const [notice] = await notices.until((list) => list.length === 1);
  expect(notice?.title).toContain(idOf("ana"));
  expect(notice?.avatar).toBeNull();
  await core.handlers.actOnNotice({ tag: notice?.tag ?? "", act: { act: "open" } });
  expect(watch("destination").value).toMatchObject({ roomId: room });
  expect(accounts.value.find(({ isActive }) => isActive)?.accountId).toBe(ana.accountId);
});

test("the picture in a notification of an account that is not shown is loaded by that account", async () => {
  const avatarMxc = server.world.uploadMedia(pngOf(16, 16), "image/png");
  const { userId: ben } = server.world.user("ben");
  const name = "Home";
  const room = server.world.createRoom({ creator: ben, name, members: [idOf("ana")], avatarMxc }) as RoomId;
  const { ana, work } = await two();
  const notices = watch("notices");
  const accounts = watch("accounts");
  await accounts.until((list) => list.length === 2);
  server.world.sendMessage(room, ben, "are you there?");
  const [notice] = await notices.until((list) => list.length === 1);
  const path = notice?.avatar ?? "";
  const file = avatarMxc.slice("mxc://".length);
  expect(path).toBe(`account/${ana.accountId}/media/${file}?width=96&height=96&method=crop`);
  expect(await core.media(path)).toMatchObject({ ok: true, file: { contentType: "image/png" } });
  const asked = await server.wire.waitFor((request) => request.path.includes(`/thumbnail/${file}`));
  expect(asked.userId).toBe(idOf("ana"));
  // Shown now: its own path, and no second notification.
  await core.handlers.switchAccount({ accountId: ana.accountId });
  expect(notices.value).toMatchObject([
    { version: notice?.version, avatar: path.replace(/^account\/\w+\//, "") },
  ]);
  for (const wrong of [
    `account/${work.accountId}/staged/x`,
    `account/nobody/media/${file}`,
    `account/../media/${file}`,
    `account/${ana.accountId}/account/${ana.accountId}/media/${file}`,
  ])
    expect(await core.media(wrong)).toMatchObject({ ok: false });
});

test("a file handed over for an account is that account's, also when another one was put on the screen meanwhile", async () => {
  const room = server.world.createRoom({ creator: "ben", members: [idOf("ana")] }) as RoomId;
  const { ana, work } = await two();
  const stagedId = "staged-for-an-account" as StagedId;
  const stage = (accountId: string) => {
    const path = `account/${accountId}/staged/${stagedId}?name=a.txt`;
    const body = Readable.from([Buffer.from("words")]);
    return core.stage({ path, contentType: "text/plain", length: 5, body });
  };
  expect(await stage(ana.accountId)).toMatchObject({ ok: true, file: { name: "a.txt" } });
  const attachment = {
    ...{ stagedId, caption: "", thumbnail: null, width: null, height: null, durationMs: null },
    ...{ blurhash: null, voice: null },
  };
  const message = { roomId: room, transactionId: "of-anas-own" as TransactionId, attachment };
  const sendAs = async (accountId: string) => core.handlersOf(accountId).sendAttachment(message);
  await expect(sendAs(work.accountId)).rejects.toThrow("file-missing");
  await sendAs(ana.accountId);
  expect(await stage("nobody")).toMatchObject({ ok: false, failure: { kind: "aborted" } });
});

test("a missed call of an account that is not shown is called back from there", async () => {
  const room = server.world.createRoom({
    creator: "ben",
    members: [idOf("ana")],
    isDirect: true,
  }) as RoomId;
  const { ana } = await two();
  const accounts = watch("accounts");
  const notices = watch("notices");
  await accounts.until((list) => list.length === 2);
  const call = { call_id: "of-ben", version: "1", party_id: "P" };
  const says = (type: string, content: object) =>
    server.world.sendMessage(room, "ben", { ...call, ...content }, { type: `m.call.${type}` });
  says("invite", { lifetime: 60_000, offer: { type: "offer", sdp: "v=0\r\nm=audio 9 x\r\n" } });
  await notices.until((list) => list.some(({ kind }) => kind === "call"));
  says("hangup", {});
  const [missed] = await notices.until((list) => list.some(({ actions }) => actions.includes("call-back")));
  await core.handlers.actOnNotice({ tag: missed?.tag ?? "", act: { act: "call-back" } });
  expect(accounts.value.find(({ isActive }) => isActive)?.accountId).toBe(ana.accountId);
  const calls = new Recorder(core, "calls", { driverId: "a-driver-of-this-test" });
  await calls.until(({ calls: all }) => all.some(({ direction }) => direction === "outgoing"));
});

test("what was queued in one account leaves while another is shown", async () => {
  const room = roomOf("work", "Office");
  const { ana, work } = await two();
  await watch("roomList").until((list) => list.some(({ roomId }) => roomId === room));
  isCut = true;
  await core.handlers.sendMessage({
    roomId: room,
    transactionId: "from-the-office" as TransactionId,
    content: { msgtype: "m.text", body: "on my way" },
  });
  await core.handlers.switchAccount({ accountId: ana.accountId });
  const accounts = watch("accounts");
  expect(accounts.value.find(({ accountId }) => accountId === work.accountId)?.unsent).toBe(1);
  let letGo = (): void => undefined;
  const holdBefore = new Promise<void>((resolve) => (letGo = resolve));
  server.faults.add({ on: { method: "PUT", path: /from-the-office$/ }, do: { holdBefore } });
  isCut = false;
  await core.handlers.networkIsBack({});
  // Of no account that is shown, and still nothing may interrupt it.
  await accounts.until((list) => list.some(({ isActive, isSending }) => !isActive && isSending));
  letGo();
  await server.wire.waitFor(({ path }) => path.endsWith("/from-the-office"));
  await accounts.until((list) => list.every(({ unsent, isSending }) => unsent === 0 && !isSending));
});

test("a request that says whose it is reaches that account, whichever is shown, and fails when it is gone", async () => {
  const room = server.world.createRoom({
    creator: idOf("ben"),
    members: [idOf("ana"), idOf("work")],
  }) as RoomId;
  const { ana, work } = await two();
  const accounts = watch("accounts");
  await watch("roomList").until((list) => list.some(({ roomId }) => roomId === room));
  const draftOf = (): unknown => new Recorder(core, "room", { roomId: room }).value.draft?.body ?? null;
  await core.handlersOf(ana.accountId).saveDraft({ roomId: room, draft: { body: "of Ana's" } });
  expect(draftOf()).toBeNull();
  await core.handlers.switchAccount({ accountId: ana.accountId });
  expect(draftOf()).toBe("of Ana's");
  const ofWork = core.handlersOf(work.accountId);
  await core.handlers.removeAccount({ accountId: work.accountId });
  await accounts.until((list) => list.length === 1);
  const failureOf = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return error;
    }
  };
  const gone = { failure: { kind: "aborted" } };
  const late = failureOf(() => ofWork.saveDraft({ roomId: room, draft: { body: "x" } }));
  expect(late).toMatchObject(gone);
  expect(failureOf(() => core.handlersOf(work.accountId))).toMatchObject(gone);
});

test("both are there after a restart, and the same one is shown", async () => {
  const { work } = await two();
  await restart();
  const accounts = await watch("accounts").until((list) => list.length === 2);
  expect(accounts.map(({ userId }) => userId)).toEqual([idOf("ana"), idOf("work")]);
  expect(accounts.find(({ isActive }) => isActive)?.accountId).toBe(work.accountId);
});

test("signing one out shows the other and leaves no file and no secret behind", async () => {
  await two();
  expect(foldersOf(platform.profileDir)).toHaveLength(1);
  expect(platform.secrets.stored.size).toBe(2);
  await core.handlers.signOut({});
  expect(foldersOf(platform.profileDir)).toEqual([]);
  expect([...platform.secrets.stored.keys()]).toEqual(["session"]);
  expect(readFileSync(join(platform.profileDir, "accounts.json"), "utf8")).not.toContain("work");
  expect(watch("accounts").value).toMatchObject([{ userId: idOf("ana"), isActive: true }]);
  expect(watch("session").value).toMatchObject({ state: "signed-in", account: { userId: idOf("ana") } });
});

test("the first account can go and the second stays, also over a restart; its place is taken by the next", async () => {
  const { ana, work } = await two();
  await core.handlers.removeAccount({ accountId: ana.accountId });
  expect(watch("accounts").value).toMatchObject([{ accountId: work.accountId, isActive: true }]);
  expect([...platform.secrets.stored.keys()]).toEqual([`${work.accountId}.session`]);
  await restart();
  expect(watch("accounts").value).toMatchObject([{ userId: idOf("work"), isActive: true }]);
  await core.handlers.addAccount({});
  await signIn("ben");
  expect(foldersOf(platform.profileDir)).toEqual([work.accountId]);
  expect(watch("accounts").value.map(({ userId }) => userId)).toEqual([idOf("ben"), idOf("work")]);
});

test("with the last one signed out there is one place to sign in, and nothing else", async () => {
  const { ana } = await two();
  await core.handlers.removeAccount({ accountId: ana.accountId });
  await core.handlers.signOut({});
  expect(watch("session").value).toMatchObject({ state: "signed-out" });
  expect(foldersOf(platform.profileDir)).toEqual([]);
  expect(platform.secrets.stored.size).toBe(0);
});

test("an account that was about to be added and was not leaves nothing", async () => {
  await signIn("ana");
  await core.handlers.addAccount({});
  expect(watch("session").value).toMatchObject({ state: "signed-out" });
  const [ana] = watch("accounts").value;
  await core.handlers.switchAccount({ accountId: ana?.accountId ?? "" });
  expect(watch("accounts").value).toHaveLength(1);
  expect(foldersOf(platform.profileDir)).toEqual([]);
});

test("adding one, again and again, opens one place to sign in", async () => {
  await signIn("ana");
  await core.handlers.addAccount({});
  await core.handlers.addAccount({});
  expect(foldersOf(platform.profileDir)).toHaveLength(1);
  expect(watch("accounts").value).toHaveLength(2);
});

test("who signs in a second time is led to the account that is there", async () => {
  await two();
  const accounts = watch("accounts");
  await core.handlers.addAccount({});
  await core.handlers.signIn({ homeserver: server.baseUrl, user: "ana", password: "password" });
  await accounts.until((list) => list.length === 2 && list[0]?.isActive === true);
  expect(accounts.value.map(({ userId }) => userId)).toEqual([idOf("ana"), idOf("work")]);
  await expect.poll(() => foldersOf(platform.profileDir).length, { timeout: 20_000 }).toBe(1);
});

test("settings are those of the window, whichever account is shown", async () => {
  const { ana } = await two();
  const settings = watch("settings");
  await core.handlers.saveSettings({ settings: { ...settings.value, theme: "dark" } });
  await core.handlers.switchAccount({ accountId: ana.accountId });
  expect(settings.value.theme).toBe("dark");
  await core.handlers.addAccount({});
  expect(settings.value.theme).toBe("dark");
});

test("an account whose files cannot be read is named as such, the others go on, and it can be removed", async () => {
  const { work } = await two();
  await core.close();
  const folder = join(platform.profileDir, "accounts", work.accountId);
  // No file at all: nothing that could be moved aside and begun anew.
  for (const name of readdirSync(folder)) if (name.startsWith("kept.db")) rmSync(join(folder, name));
  mkdirSync(join(folder, "kept.db"));
  const { profileDir, secrets } = platform;
  platform = aPlatform({ profileDir, secrets, seed: 7 });
  core = await createCores(platform);
  expect(watch("accounts").value).toMatchObject([
    { userId: idOf("ana"), isActive: true },
    { state: "unusable", isActive: false },
  ]);
  await expect(core.handlers.switchAccount({ accountId: work.accountId })).rejects.toMatchObject({
    failure: { kind: "invalid" },
  });
  await core.handlers.removeAccount({ accountId: work.accountId });
  expect(existsSync(folder)).toBe(false);
});

test("a removal that a kill has interrupted is finished at the next start", async () => {
  const { work } = await two();
  const left = join(platform.profileDir, "accounts", "halfgone");
  mkdirSync(left);
  writeFileSync(join(left, "kept.db"), "somebody's words");
  await restart();
  expect(foldersOf(platform.profileDir)).toEqual([work.accountId]);
});

test("a book that cannot be read costs no account its files", async () => {
  await two();
  await core.close();
  writeFileSync(join(platform.profileDir, "accounts.json"), "{ half");
  const { profileDir, secrets } = platform;
  platform = aPlatform({ profileDir, secrets, seed: 7 });
  core = await createCores(platform);
  expect(foldersOf(profileDir)).toHaveLength(1);
  expect(watch("accounts").value).toMatchObject([{ userId: idOf("ana"), isActive: true }]);
});

test("another account is not shown while a call is going on in this one", async () => {
  const room = server.world.createRoom({ creator: idOf("work"), members: [idOf("ben")] }) as RoomId;
  const { ana } = await two();
  await watch("roomList").until((list) => list.some(({ roomId }) => roomId === room));
  const calls = new Recorder(core, "calls", { driverId: "page-1" });
  await core.handlers.placeCall({ roomId: room, callId: "c-1234567890" as CallId, isVideo: false });
  await calls.until((view) => view.calls.length === 1);
  await expect(core.handlers.switchAccount({ accountId: ana.accountId })).rejects.toMatchObject({
    failure: { kind: "invalid" },
  });
  await core.handlers.hangUp({ callId: "c-1234567890" as CallId });
  await calls.until((view) => view.calls.every(({ state }) => state === "ended"));
  await core.handlers.switchAccount({ accountId: ana.accountId });
  expect(watch("session").value).toMatchObject({ account: { userId: idOf("ana") } });
});
