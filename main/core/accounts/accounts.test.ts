import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startHomeserver, type Homeserver } from "../../../e2e/homeserver/index.ts";
import type { MxcUri, UserId } from "../../../preload/contract/ids.ts";
import { fakePlatform, FakeSecrets, realClock, type FakePlatform } from "../fake-platform.ts";
import type { Failure, Result } from "../failure.ts";
import { whoami } from "../homeserver/login.ts";
import type { Clock } from "../platform.ts";
import { createAccounts, type Accounts, type StoredSession } from "./accounts.ts";

let server: Homeserver;
let platform: FakePlatform;
let accounts: Accounts;

/** Real time for sockets; the hour is the test's. */
let jumped = 0;
const clock: Clock = { ...realClock(), now: () => realClock().now() + jumped };

beforeEach(async () => {
  jumped = 0;
  server = await startHomeserver({ clock: () => clock.now() });
  server.world.addUser("alice", { password: "correct horse" });
  server.world.addUser("bob", { password: "battery" });
  platform = fakePlatform({ clock });
  accounts = createAccounts(platform);
  await accounts.load();
});
afterEach(async () => {
  await server.stop();
  platform.cleanUp();
});

const alice = { user: "alice", password: "correct horse" };
const signIn = (params: Partial<Parameters<Accounts["signIn"]>[0]> = {}) =>
  accounts.signIn({ homeserver: server.baseUrl, ...alice, ...params });
const stored = (): StoredSession | null => {
  const text = platform.secrets.stored.get("session");
  return text === undefined ? null : (JSON.parse(text) as StoredSession);
};
const failureOf = (result: Result<unknown>): Failure | null => (result.ok ? null : result.failure);
/** The app is started anew with the same profile. */
async function restart(): Promise<void> {
  accounts = createAccounts(platform);
  await accounts.load();
}
async function unauthorized(): Promise<Failure> {
  const failure = failureOf(await whoami(accounts.http()));
  if (failure === null) throw new Error("the token was accepted");
  return failure;
}

test("signs in with the localpart, keeps the session over a restart without a network", async () => {
  expect(accounts.state()).toEqual({ state: "signed-out", reason: null, secrets: "os-keyring" });
  expect(await signIn()).toEqual({ ok: true, value: undefined });
  const { deviceId } = accounts.current() ?? {};
  server.cut();
  await restart();
  expect(accounts.state()).toMatchObject({
    state: "signed-in",
    account: { userId: "@alice:dunlin.test", deviceId, homeserver: server.baseUrl },
  });
  server.mend();
  expect(await whoami(accounts.http())).toEqual({
    ok: true,
    value: { userId: "@alice:dunlin.test", deviceId },
  });
});

test("the body of the login is what the specification asks for, without a token", async () => {
  await signIn({ user: "@alice:dunlin.test" });
  const login = server.wire.requests.find((request) => request.method === "POST");
  expect(login).toMatchObject({
    path: "/_matrix/client/v3/login",
    token: undefined,
    headers: { "content-type": "application/json" },
    body: {
      type: "m.login.password",
      identifier: { type: "m.id.user", user: "@alice:dunlin.test" },
      initial_device_display_name: "Dunlin in a test",
      refresh_token: true,
    },
  });
  expect(login?.body).not.toHaveProperty("user");
});

test.each([
  ["a wrong password", { password: "wrong" }, { kind: "rejected", status: 403, errcode: "M_FORBIDDEN" }],
  ["an unknown user", { user: "nobody" }, { kind: "rejected", status: 403, errcode: "M_FORBIDDEN" }],
  ["no user", { user: "  " }, { kind: "invalid" }],
  ["a server that does not exist", { homeserver: "http://nobody.invalid" }, { kind: "offline" }],
])("%s signs nobody in and stores nothing", async (_what, params, expected) => {
  expect(failureOf(await signIn(params))).toMatchObject(expected);
  expect(accounts.state()).toMatchObject({ state: "signed-out" });
  expect(platform.secrets.history).toEqual([]);
});

test("a server that does not take passwords says so with 400 (LOG-04)", async () => {
  server.world.loginFlows = [{ type: "m.login.sso" }];
  expect(failureOf(await signIn())).toMatchObject({ kind: "rejected", status: 400, errcode: "M_UNKNOWN" });
});

test.each([
  ["no user id", { user_id: undefined }],
  ["a user id that is none", { user_id: "alice" }],
  ["no token", { access_token: "" }],
  ["a token that would break the header", { access_token: "a\r\nX: y" }],
  ["no device", { device_id: 5 }],
])("an answer with %s is malformed, and nobody is signed in", async (_what, change) => {
  server.faults.add({
    on: { method: "POST", path: /login$/ },
    do: { rewrite: (json) => ({ ...(json as object), ...change }) },
  });
  expect(failureOf(await signIn())?.kind).toBe("malformed");
  expect(accounts.current()).toBeNull();
});

test("a login the disk cannot keep is taken back on the server", async () => {
  platform.secrets.isFull = true;
  expect(failureOf(await signIn())).toMatchObject({ kind: "storage", problem: "full" });
  expect(accounts.current()).toBeNull();
  expect(server.world.user("alice").deviceIds).toEqual([]);
});

test("an address named in well_known is taken when there is a homeserver, and left when there is none", async () => {
  const moved = await startHomeserver();
  try {
    const named = (base_url: unknown) =>
      server.faults.add({
        on: { method: "POST", path: /login$/ },
        do: { rewrite: (json) => ({ ...(json as object), well_known: { "m.homeserver": { base_url } } }) },
        times: 1,
      });
    named(`${moved.baseUrl}/`);
    await signIn();
    expect(accounts.current()?.homeserver).toBe(moved.baseUrl);
    await accounts.signOut();
    named("http://127.0.0.1:1");
    await signIn();
    expect(accounts.current()?.homeserver).toBe(server.baseUrl);
  } finally {
    await moved.stop();
  }
});

test("which media endpoints to use is found out at the sign-in and again when the server was updated", async () => {
  server.world.versions = ["v1.10"];
  await signIn();
  expect(stored()).toMatchObject({ clientApi: "v3", mediaApi: "legacy" });
  server.world.versions = ["v1.10", "v1.11"];
  await accounts.renewVersions();
  expect(stored()?.mediaApi).toBe("authenticated");
});

// Refresh (ERR-02).

test("an expired token is refreshed behind the caller's back, once for many, and saved before it is used", async () => {
  await signIn();
  const first = accounts.current();
  server.world.expireToken("alice", "refreshable");
  const answers = await Promise.all(Array.from({ length: 10 }, () => whoami(accounts.http())));
  expect(answers.every((answer) => answer.ok)).toBe(true);
  expect(server.wire.count("POST", /refresh$/)).toBe(1);
  const second = accounts.current();
  expect(second?.accessToken).not.toBe(first?.accessToken);
  expect(second?.refreshToken).not.toBe(first?.refreshToken);
  expect(stored()).toEqual(second);
  expect(accounts.state().state).toBe("signed-in");
});

test("a token about to end is renewed in time: the server never has to refuse it", async () => {
  await signIn();
  jumped = 299_000;
  expect((await whoami(accounts.http())).ok).toBe(true);
  expect(server.wire.requests.filter((request) => request.status === 401)).toEqual([]);
  expect(server.wire.count("POST", /refresh$/)).toBe(1);
});

test("refreshed tokens that cannot be saved are not used: the old refresh token still works later", async () => {
  await signIn();
  server.world.expireToken("alice", "refreshable");
  platform.secrets.isFull = true;
  expect(failureOf(await whoami(accounts.http()))).toMatchObject({ kind: "storage" });
  platform.secrets.isFull = false;
  expect((await whoami(accounts.http())).ok).toBe(true);
});

test("a lost answer to a refresh loses no session", async () => {
  await signIn();
  server.world.expireToken("alice", "refreshable");
  server.faults.add({ on: { path: /refresh$/ }, do: { answerLost: true }, times: 1 });
  expect(failureOf(await whoami(accounts.http()))?.kind).toBe("unavailable");
  expect(accounts.state().state).toBe("signed-in");
  expect((await whoami(accounts.http())).ok).toBe(true);
});

// The end of a session.

test("a soft logout keeps who it was, without a token; signing in again goes on with the same device", async () => {
  await signIn();
  const { deviceId } = accounts.current() ?? {};
  const http = accounts.http();
  server.world.expireToken("alice", "soft");
  await accounts.handleUnauthorized(await unauthorized());
  expect(accounts.state()).toMatchObject({ state: "soft-signed-out", account: { deviceId } });
  expect(stored()).toMatchObject({ state: "soft", accessToken: null });
  expect(stored()).not.toHaveProperty("refreshToken");
  await restart();
  expect(accounts.state().state).toBe("soft-signed-out");
  expect(await signIn()).toMatchObject({ ok: true });
  expect(accounts.current()?.deviceId).toBe(deviceId);
  expect(server.world.user("alice").deviceIds).toEqual([deviceId]);
  expect((await whoami(accounts.http())).ok).toBe(true);
  expect((await whoami(http)).ok).toBe(false); // of the process before
});

test("requests made ready before a soft logout work again after signing in", async () => {
  await signIn();
  const http = accounts.http();
  server.world.expireToken("alice", "soft");
  await accounts.handleUnauthorized(await unauthorized());
  expect(failureOf(await whoami(http))).toEqual({ kind: "unauthorized", message: "no session", soft: true });
  await signIn();
  expect((await whoami(http)).ok).toBe(true);
});

test("after a soft logout nobody else signs into what is kept", async () => {
  await signIn();
  server.world.expireToken("alice", "soft");
  await accounts.handleUnauthorized(await unauthorized());
  const refused = await signIn({ user: "bob", password: "battery" });
  expect(failureOf(refused)).toMatchObject({ kind: "invalid", message: "another-account" });
  expect(server.world.user("bob").deviceIds).toEqual([]);
  expect(accounts.state().state).toBe("soft-signed-out");
});

test("a hard logout removes the session", async () => {
  await signIn();
  server.world.expireToken("alice", "hard");
  await accounts.handleUnauthorized(await unauthorized());
  expect(accounts.state()).toMatchObject({ state: "signed-out", reason: "server" });
  expect(stored()).toBeNull();
});

test("a refused session is asked for once and refreshed at most once: no storm", async () => {
  await signIn();
  server.world.expireToken("alice", "hard");
  server.wire.clear();
  const failures = await Promise.all(Array.from({ length: 10 }, unauthorized));
  await Promise.all(failures.map((failure) => accounts.handleUnauthorized(failure)));
  expect(server.wire.count("GET", /whoami$/)).toBe(10);
  expect(server.wire.count("POST", /refresh$/)).toBe(1);
  for (let i = 0; i < 10; i++) await whoami(accounts.http());
  expect(server.wire.requests).toHaveLength(11);
});

test("only the server's own word ends a session", async () => {
  await signIn();
  await accounts.handleUnauthorized({ kind: "unauthorized", message: "no session", soft: true });
  await accounts.handleUnauthorized({ kind: "rejected", message: "x", status: 403 });
  await accounts.handleUnauthorized({ kind: "unavailable", message: "x", status: 401 });
  expect(accounts.state().state).toBe("signed-in");
});

test("signing out tells the server and forgets", async () => {
  await signIn();
  await accounts.signOut();
  expect(server.world.user("alice").deviceIds).toEqual([]);
  expect(accounts.state()).toMatchObject({ state: "signed-out", reason: "user" });
  expect(stored()).toBeNull();
});

test("signing out without a network ends the session here all the same", async () => {
  await signIn();
  server.cut();
  await accounts.signOut();
  expect(accounts.state().state).toBe("signed-out");
  await restart();
  expect(accounts.state()).toMatchObject({ state: "signed-out", reason: null });
});

test("signing out twice, or without having signed in, harms nothing that comes later", async () => {
  await accounts.signOut();
  await signIn();
  await Promise.all([accounts.signOut(), accounts.signOut()]);
  await signIn();
  server.world.expireToken("alice", "refreshable");
  expect((await whoami(accounts.http())).ok).toBe(true);
});

test("a refresh that hangs does not hold up the way out", async () => {
  await signIn();
  server.world.expireToken("alice", "refreshable");
  server.faults.add({ on: { path: /refresh$/ }, do: { holdBefore: new Promise(() => undefined) } });
  const asked = whoami(accounts.http());
  await server.wire.waitFor((request) => request.path.endsWith("refresh"));
  await accounts.signOut();
  expect(accounts.state()).toMatchObject({ state: "signed-out", reason: "user" });
  expect((await asked).ok).toBe(false);
});

test("a request left over from one user never carries the token of the next", async () => {
  await signIn();
  const leftOver = accounts.http();
  await accounts.signOut();
  await signIn({ user: "bob", password: "battery" });
  server.wire.clear();
  expect(failureOf(await whoami(leftOver))?.kind).toBe("unauthorized");
  expect(server.wire.requests).toEqual([]);
  expect(accounts.state()).toMatchObject({ state: "signed-in", account: { userId: "@bob:dunlin.test" } });
});

// Secrets.

test("secrets that cannot be opened are said to be lost, and left where they are", async () => {
  await signIn();
  platform.secrets.isLost = true;
  await restart();
  expect(accounts.state()).toEqual({ state: "signed-out", reason: "secrets-lost", secrets: "os-keyring" });
  platform.secrets.isLost = false;
  await restart();
  expect(accounts.state().state).toBe("signed-in");
});

test.each(["", "{}", "nonsense", "null", '{"version":2}', '{"version":1,"userId":"@a:b","state":"active"}'])(
  "a stored session that reads %j counts as lost",
  async (text) => {
    const secrets = new FakeSecrets("file");
    secrets.stored.set("session", text);
    platform = fakePlatform({ clock, secrets });
    await restart();
    expect(accounts.state()).toEqual({ state: "signed-out", reason: "secrets-lost", secrets: "file" });
  },
);

test("no token and no password is in a log line, in an address, or in any file of the profile", async () => {
  await signIn();
  const tokens = [accounts.current()?.accessToken, accounts.current()?.refreshToken];
  server.world.expireToken("alice", "refreshable");
  await whoami(accounts.http());
  tokens.push(accounts.current()?.accessToken, accounts.current()?.refreshToken);
  server.faults.add({ do: { status: { code: 502, body: "<html>" } }, times: 1 });
  await whoami(accounts.http());
  await signIn({ password: "hunter2 hunter2" });
  server.world.expireToken("alice", "hard");
  await accounts.handleUnauthorized(await unauthorized());
  expect(platform.logged.length).toBeGreaterThan(1);
  const files = filesBelow(platform.profileDir).map((path) => readFileSync(path, "latin1"));
  const addresses = server.wire.requests.map(({ path, query }) => path + JSON.stringify(query));
  const written = [JSON.stringify(platform.logged), ...files, ...addresses].join("\n");
  expect(new Set(tokens).size).toBe(4);
  for (const secret of [...tokens, "correct horse", "hunter2"]) expect(written).not.toContain(secret);
});

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: "utf8" })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile());
}

// The topic.

test("the page hears of each change, and of the profile, but never of a token", async () => {
  const heard: unknown[] = [];
  accounts.onChange((session) => heard.push(session));
  await signIn();
  const profile = { displayName: "Alice", avatarMxc: "mxc://dunlin.test/abc" as MxcUri };
  await accounts.setProfile(profile);
  await accounts.setProfile(profile);
  expect(heard).toHaveLength(2);
  expect(heard[1]).toMatchObject({
    state: "signed-in",
    account: { displayName: "Alice", avatar: "media/dunlin.test/abc?width=96&height=96&method=crop" },
  });
  expect(JSON.stringify(heard)).not.toContain(accounts.current()?.accessToken);
  await restart();
  expect(accounts.state()).toMatchObject({
    account: { userId: "@alice:dunlin.test" as UserId, displayName: "Alice" },
  });
});
