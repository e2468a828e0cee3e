import { afterEach, beforeEach, expect, test } from "vitest";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { Account, DiscoveredServer } from "../../preload/contract/models/session.ts";
import { connect, type Client } from "../bridge/connect.ts";
import { RequestFailed } from "../bridge/request-failed.ts";
import { arrived, ScriptedCore } from "../bridge/scripted-core.ts";
import { SessionState } from "../state/session.svelte.ts";
import { SignInForm } from "./sign-in.svelte.ts";

let core: ScriptedCore;
let client: Client;
let form: SignInForm;

const server = (part: Partial<DiscoveredServer> = {}): DiscoveredServer => ({
  baseUrl: "https://matrix.example.org",
  serverName: "example.org",
  user: null,
  flows: [{ type: "m.login.password" }],
  isInsecure: false,
  ...part,
});
const refuse = (failure: Omit<Failure, "message">) => () => {
  throw new RequestFailed({ message: "", ...failure });
};

beforeEach(() => {
  core = new ScriptedCore();
  client = connect({ openPort: core.openPort, reload: () => false });
  core.handle("discoverServer", () => server());
  core.handle("signIn", () => undefined);
  form = new SignInForm(new SessionState(client), "", null);
});
afterEach(() => client.close());

function fill(homeserver: string, user: string, password: string): void {
  Object.assign(form, { homeserver, user, password });
}

test("signs in at the address that discovery found", async () => {
  fill("example.org", " ana ", "secret");
  expect(await form.submit()).toBeNull();
  expect(core.calls("signIn")).toEqual([
    { homeserver: "https://matrix.example.org", user: "ana", password: "secret" },
  ]);
});

test("a full id fills the homeserver, and another id replaces it", async () => {
  form.user = "@ana:one.example";
  await form.userEntered();
  expect(form.homeserver).toBe("one.example");
  form.user = "@ana:two.example:8448";
  await form.userEntered();
  expect(form.homeserver).toBe("two.example:8448");
  expect(core.calls("discoverServer")).toEqual([{ input: "one.example" }, { input: "two.example:8448" }]);
});

test("what the user typed as homeserver stays, whatever the id says", async () => {
  form.homeserver = "http://127.0.0.1:8008";
  form.user = "@ana:example.org";
  await form.userEntered();
  expect(form.homeserver).toBe("http://127.0.0.1:8008");
});

test("sending the form while the server is being looked for asks once", async () => {
  fill("example.org", "ana", "secret");
  const looking = form.homeserverEntered();
  expect(form.isFinding).toBe(true);
  await form.submit();
  await looking;
  expect(core.calls("discoverServer")).toHaveLength(1);
});

test("wrong credentials keep the name and take only the password away (LOG-05)", async () => {
  core.handle("signIn", refuse({ kind: "rejected", status: 403, errcode: "M_FORBIDDEN" }));
  fill("example.org", "ana", "wrong");
  expect(await form.submit()).toBe("password");
  expect(form).toMatchObject({ user: "ana", password: "", error: "Wrong name or password." });
});

test("too many attempts say when to come back, and keep the password", async () => {
  core.handle("signIn", refuse({ kind: "limited", status: 429, retryAfterMs: 39_500 }));
  fill("example.org", "ana", "secret");
  await form.submit();
  expect(form).toMatchObject({ password: "secret", error: "Too many attempts: again in 40 s." });
});

test("a server without password sign-in is not asked for one (LOG-03)", async () => {
  core.handle("discoverServer", () => server({ flows: [{ type: "m.login.sso" }] }));
  fill("example.org", "ana", "secret");
  expect(await form.submit()).toBe("homeserver");
  expect(form.error).toMatch(/does not offer sign-in with a password/);
  expect(form.takesPassword).toBe(false);
  expect(core.calls("signIn")).toEqual([]);
});

test("the ways through the browser are those of the server, OAuth 2.0 before single sign-on", async () => {
  const sso = { type: "m.login.sso", identityProviders: [{ id: "gh", name: "Git Hub" }] };
  core.handle("discoverServer", ({ input }) =>
    server({ flows: [sso], ...(input === "new.org" ? { oauth: { canRegister: true } } : {}) }),
  );
  core.handle("signInInBrowser", () => undefined);
  form.homeserver = "example.org";
  await form.homeserverEntered();
  expect(form.error).toBeNull();
  expect(form.browserWays).toEqual([{ method: "sso", idpId: "gh", name: "Git Hub" }]);
  form.homeserver = "new.org";
  await form.homeserverEntered();
  const [way] = form.browserWays;
  expect(way).toEqual({ method: "oauth", idpId: null, name: null });
  if (way !== undefined) await form.enterInBrowser(way, "register");
  expect(core.calls("signInInBrowser")).toMatchObject([
    { homeserver: "https://matrix.example.org", method: "oauth", wish: "register" },
  ]);
});

const git = { id: "gh", name: "Git Hub" };
const sso = (...identityProviders: readonly { id: string; name: string }[]) =>
  identityProviders.length === 0 ? { type: "m.login.sso" } : { type: "m.login.sso", identityProviders };
const password = { type: "m.login.password" };
test.each([
  ["single sign-on alone: its page", { flows: [sso()] }, { method: "sso", idpId: null }],
  ["its only provider", { flows: [sso(git)] }, { method: "sso", idpId: "gh" }],
  [
    "several providers: the server lets choose",
    { flows: [sso(git, { id: "x", name: "X" })] },
    { method: "sso", idpId: null },
  ],
  ["a password beside it: here", { flows: [sso(git), password] }, null],
  ["OAuth 2.0", { flows: [sso()], oauth: { canRegister: true } }, { method: "oauth", idpId: null }],
  ["OAuth 2.0 that makes no accounts", { flows: [sso()], oauth: { canRegister: false } }, null],
  ["neither", { flows: [password] }, null],
])("an account is made where the server makes it: %s", async (_situation, offered, way) => {
  core.handle("discoverServer", () => server(offered));
  form.homeserver = "example.org";
  await form.homeserverEntered();
  if (way === null) expect(form.browserRegistration).toBeNull();
  else expect(form.browserRegistration).toMatchObject(way);
});

test("a server with no way that we know says so", async () => {
  core.handle("discoverServer", () => server({ flows: [{ type: "org.example.odd" }] }));
  form.homeserver = "example.org";
  await form.homeserverEntered();
  expect(form.error).toMatch(/no way to sign in that Dunlin knows/);
});

test.each([
  [{ kind: "invalid", message: "no browser could be opened" }, /No browser/],
  [{ kind: "invalid", message: "an answer to another question" }, /nothing that Dunlin can use/],
  [{ kind: "rejected", errcode: "M_FORBIDDEN", message: "" }, /nothing that Dunlin can use/],
  [{ kind: "rejected", errcode: "server_error", serverText: "On fire", message: "" }, /On fire/],
  [{ kind: "invalid", message: "another-account" }, /belongs to another account/],
  [{ kind: "aborted", message: "" }, null],
] as const)(
  "%o on the way through the browser is said in words, and the form stays",
  async (failure, words) => {
    core.handle("discoverServer", () => server({ flows: [{ type: "m.login.sso" }] }));
    core.handle("signInInBrowser", refuse(failure));
    fill("example.org", "ana", "secret");
    await form.homeserverEntered();
    await form.enterInBrowser({ method: "sso", idpId: null, name: null }, "login");
    if (words === null) expect(form.error).toBeNull();
    else expect(form.error).toMatch(words);
    expect([form.user, form.password, form.isWaiting]).toEqual(["ana", "secret", false]);
  },
);

test("a bad login type is not called a wrong password (LOG-04)", async () => {
  core.handle("signIn", refuse({ kind: "rejected", status: 400, errcode: "M_UNKNOWN" }));
  fill("example.org", "ana", "secret");
  await form.submit();
  expect(form.error).toMatch(/does not offer sign-in with a password/);
});

test("plain http to another machine is called insecure", async () => {
  core.handle("discoverServer", () => server({ isInsecure: true }));
  form.homeserver = "http://chat.lan";
  await form.homeserverEntered();
  expect(form.isInsecure).toBe(true);
  form.homeserver = "https://chat.lan";
  expect(form.isInsecure).toBe(false);
});

test("an answer about an address that is no longer in the field changes nothing", async () => {
  let answer: (value: DiscoveredServer) => void = () => undefined;
  core.handle("discoverServer", () => new Promise((resolve) => (answer = resolve)));
  form.homeserver = "first.example";
  const looking = form.homeserverEntered();
  await arrived();
  form.homeserver = "second.example";
  answer(server({ flows: [] }));
  await looking;
  expect(form).toMatchObject({ error: null, server: null, takesPassword: true });
});

test("a server that was not there is asked again", async () => {
  core.handle("discoverServer", refuse({ kind: "offline" }));
  fill("example.org", "ana", "secret");
  expect(await form.submit()).toBe("homeserver");
  expect(form.error).toMatch(/cannot be reached/);
  core.handle("discoverServer", () => server());
  expect(await form.submit()).toBeNull();
  expect(form.error).toBeNull();
});

test.each([
  ["", "ana", "x", "homeserver"],
  ["example.org", "", "x", "user"],
  ["example.org", "ana", "", "password"],
] as const)(
  "homeserver %j, user %j and password %j lead to the %s field",
  async (homeserver, user, password, field) => {
    fill(homeserver, user, password);
    expect(await form.submit()).toBe(field);
    expect(form.error).toMatch(/^Enter your/);
    expect(core.calls("signIn")).toEqual([]);
  },
);

test("a full id is enough: its server is looked up by sending the form", async () => {
  fill("", "@ana:example.org", "secret");
  expect(await form.submit()).toBeNull();
  expect(form.homeserver).toBe("example.org");
});

test("signing in again keeps account and server and asks nobody where they are", async () => {
  const account = { userId: "@ana:example.org", homeserver: "https://hs.example" } as Account;
  const again = new SignInForm(new SessionState(client), "elsewhere.example", account);
  again.password = "secret";
  expect(await again.submit()).toBeNull();
  expect(core.calls("signIn")).toEqual([
    { homeserver: "https://hs.example", user: "@ana:example.org", password: "secret" },
  ]);
  expect(core.calls("discoverServer")).toEqual([]);
});
