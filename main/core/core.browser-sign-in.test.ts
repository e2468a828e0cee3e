import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import { FailureError, type Failure } from "./failure.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";

// Signing in on a page in the browser. The test is the browser: it goes wherever the core sends it.

let server: Homeserver;
let rig: CoreRig;
beforeEach(async () => {
  server = await homeserverWith("Ann");
  server.world.addUser("ben");
  server.world.browser.user = "ann";
  rig = await CoreRig.start(server);
});
afterEach(endAll);

const doneText = "Done. Go back to Dunlin.";
type Params = Parameters<CoreRig["core"]["handlers"]["signInInBrowser"]>[0];
const signIn = (params: Partial<Params> = {}): Promise<void> =>
  Promise.resolve(
    rig.core.handlers.signInInBrowser({
      ...{ homeserver: server.baseUrl, method: "oauth", idpId: null, wish: "login", doneText },
      ...params,
    }),
  );
const opened = async (count = 1): Promise<URL> => {
  await eventually(() => rig.platform.opened.length >= count);
  return new URL(rig.platform.opened[count - 1] ?? "");
};
/** Follows the page and every redirect; answers what the browser shows in the end. */
const browse = async (url: URL): Promise<string> => (await globalThis.fetch(url)).text();
const refusal = async (work: Promise<void>): Promise<Failure> =>
  work.then(
    () => Promise.reject(new Error("it worked")),
    (error: unknown) => (error instanceof FailureError ? error.failure : Promise.reject(error as Error)),
  );
const posted = (end: string) =>
  server.wire.requests.filter(({ method, path }) => method === "POST" && path.endsWith(end));

describe("single sign-on", () => {
  beforeEach(() => {
    const identity_providers = [
      { id: "git/hub", name: "Git Hub\u202E" },
      { id: 5, name: "bad" },
    ];
    server.world.loginFlows = [{ type: "m.login.sso", identity_providers }, { type: "m.login.token" }];
  });

  it("is offered with the names of whom it asks", async () => {
    const found = await rig.core.handlers.discoverServer({ input: server.baseUrl });
    expect(found.flows[0]).toEqual({
      type: "m.login.sso",
      identityProviders: [{ id: "git/hub", name: "Git Hub" }],
    });
    expect(found.oauth).toBeUndefined();
  });

  it("goes through the browser and comes back with a token that is traded once", async () => {
    const done = signIn({ method: "sso", idpId: "git/hub" });
    const url = await opened();
    expect(url.pathname).toBe("/_matrix/client/v3/login/sso/redirect/git%2Fhub");
    const back = new URL(url.searchParams.get("redirectUrl") ?? "");
    expect(back.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(back.pathname.length).toBeGreaterThan(16);
    expect(await browse(url)).toBe(doneText);
    await done;
    await rig.live();
    expect(posted("/login").at(-1)?.body).toMatchObject({
      type: "m.login.token",
      refresh_token: true,
      initial_device_display_name: "Dunlin in a test",
    });
    expect(rig.watch("session").value).toMatchObject({ account: { userId: "@ann:dunlin.test" } });
    // The address is closed again.
    await expect(globalThis.fetch(back)).rejects.toThrow();
    expect(JSON.stringify(rig.platform.logged)).not.toContain("loginToken");
  });

  it("other visitors of the port learn nothing and change nothing", async () => {
    const done = signIn({ method: "sso" });
    const url = await opened();
    const back = new URL(url.searchParams.get("redirectUrl") ?? "");
    const wrong = await globalThis.fetch(`${back.origin}/?loginToken=stolen`);
    expect([wrong.status, await wrong.text()]).toEqual([404, ""]);
    const post = await globalThis.fetch(`${back.href}?loginToken=stolen`, { method: "POST" });
    expect(post.status).toBe(404);
    await browse(url);
    await done;
  });

  it("a token the server refuses signs nobody in", async () => {
    const done = refusal(signIn({ method: "sso" }));
    const url = await opened();
    const back = new URL(url.searchParams.get("redirectUrl") ?? "");
    await globalThis.fetch(`${back.href}?loginToken=made-up`);
    expect(await done).toMatchObject({ kind: "rejected", errcode: "M_FORBIDDEN" });
    expect(rig.watch("session").value.state).toBe("signed-out");
  });

  it("a token that was typed signs in once, on the same device after a soft logout, and only for the same person", async () => {
    const { loginTokens } = server.world.browser;
    const enter = (token: string): Promise<void> =>
      Promise.resolve(rig.core.handlers.signInWithToken({ homeserver: server.baseUrl, token }));
    expect(await refusal(enter("made-up"))).toMatchObject({ kind: "rejected", errcode: "M_FORBIDDEN" });
    loginTokens.set("first", "ann");
    await enter(" first\n");
    await rig.live();
    expect(rig.watch("session").value).toMatchObject({ account: { userId: "@ann:dunlin.test" } });
    const { deviceIds } = server.world.user("ann");
    server.world.expireToken("ann", "soft");
    await rig.watch("connection").until(({ state }) => state === "signed-out-soft");
    expect(await refusal(enter("first"))).toMatchObject({ kind: "rejected", errcode: "M_FORBIDDEN" });
    loginTokens.set("of-ben", "ben").set("second", "ann");
    expect(await refusal(enter("of-ben"))).toMatchObject({ kind: "invalid", message: "another-account" });
    await enter("second");
    await rig.live();
    expect(server.world.user("ann").deviceIds).toEqual(deviceIds);
  });

  it("given up, the port is closed", async () => {
    const done = refusal(signIn({ method: "sso" }));
    const url = await opened();
    await rig.core.handlers.cancelBrowserSignIn({});
    expect(await done).toMatchObject({ kind: "aborted" });
    await expect(globalThis.fetch(url.searchParams.get("redirectUrl") ?? "")).rejects.toThrow();
  });

  it("after a soft logout the same device goes on, and only for the same person", async () => {
    const first = signIn({ method: "sso" });
    await browse(await opened());
    await first;
    await rig.live();
    const { deviceIds } = server.world.user("ann");
    server.world.expireToken("ann", "soft");
    await rig.watch("connection").until(({ state }) => state === "signed-out-soft");
    server.world.browser.user = "ben";
    const wrong = refusal(signIn({ method: "sso" }));
    await browse(await opened(2));
    expect(await wrong).toMatchObject({ kind: "invalid", message: "another-account" });
    expect(rig.watch("session").value.state).toBe("soft-signed-out");
    server.world.browser.user = "ann";
    const right = signIn({ method: "sso" });
    await browse(await opened(3));
    await right;
    await rig.live();
    expect(server.world.user("ann").deviceIds).toEqual(deviceIds);
  });
});

describe("OAuth 2.0", () => {
  beforeEach(() => void (server.world.browser.hasOAuth = true));

  async function enter(params: Partial<Params> = {}): Promise<URL> {
    const done = signIn(params);
    const url = await opened();
    expect(await browse(url)).toBe(doneText);
    await done;
    await rig.live();
    return url;
  }

  it("is found at the server", async () => {
    const found = await rig.core.handlers.discoverServer({ input: server.baseUrl });
    expect(found.oauth).toEqual({ canRegister: true });
  });

  it("registers, asks with PKCE, state and one device, and trades the code", async () => {
    const url = await enter();
    const asked = Object.fromEntries(url.searchParams);
    const clientId = [...server.world.browser.clients.keys()][0];
    expect(asked).toMatchObject({
      response_type: "code",
      response_mode: "query",
      client_id: clientId,
      code_challenge_method: "S256",
      scope: expect.stringMatching(
        /^urn:matrix:client:api:\* urn:matrix:client:device:[A-Z0-9]{10,}$/,
      ) as string,
    });
    expect(asked["redirect_uri"]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/signed-in$/);
    expect(asked).not.toHaveProperty("prompt");
    expect(server.world.browser.clients.get(clientId ?? "")).toMatchObject({
      application_type: "native",
      redirect_uris: ["http://127.0.0.1/signed-in"],
      token_endpoint_auth_method: "none",
    });
    const deviceId = asked["scope"]?.split(":").at(-1);
    expect(rig.watch("session").value).toMatchObject({ account: { userId: "@ann:dunlin.test", deviceId } });
    expect(server.world.user("ann").deviceIds).toEqual([deviceId]);
  });

  it("a wish for an account says so", async () => {
    const url = await enter({ wish: "register" });
    expect(url.searchParams.get("prompt")).toBe("create");
  });

  it("an expired token is renewed at the token endpoint, also after a restart", async () => {
    await enter();
    const again = await rig.restart();
    await again.live();
    server.world.expireToken("ann", "refreshable");
    await server.wire.waitFor(({ path, status }) => path === "/oauth2/token" && status === 200);
    server.world.createRoom({ creator: "ann", name: "Harbour" });
    await again.watch("roomList").until((list) => list.some(({ name }) => name === "Harbour"));
    expect(server.wire.requests.some(({ path }) => path.endsWith("/v3/refresh"))).toBe(false);
  });

  it("signing out revokes the token, and the device is gone", async () => {
    await enter();
    await rig.core.handlers.signOut({});
    expect(posted("/oauth2/revoke")).toHaveLength(1);
    expect(posted("/logout")).toHaveLength(0);
    expect(server.world.user("ann").deviceIds).toEqual([]);
    expect(rig.watch("session").value.state).toBe("signed-out");
  });

  it("the account is managed on the server's own page", async () => {
    await enter();
    expect(await rig.core.handlers.loadAccount({})).toMatchObject({ isManagedElsewhere: true });
    await rig.core.handlers.manageAccount({ action: "devices" });
    const url = await opened(2);
    expect([url.pathname, url.searchParams.get("action")]).toEqual([
      "/oauth2/account",
      "org.matrix.devices_list",
    ]);
  });

  it("an answer with another state signs nobody in", async () => {
    const done = refusal(signIn());
    const url = await opened();
    const back = url.searchParams.get("redirect_uri") ?? "";
    await globalThis.fetch(`${back}?code=stolen&state=guessed`);
    expect(await done).toMatchObject({ kind: "invalid", message: "an answer to another question" });
    expect(posted("/oauth2/token")).toHaveLength(0);
    expect(rig.watch("session").value.state).toBe("signed-out");
  });

  it("a no in the browser is a no", async () => {
    server.world.browser.user = null;
    const done = refusal(signIn());
    await browse(await opened());
    expect(await done).toMatchObject({ kind: "aborted" });
  });

  it("a server whose metadata lacks PKCE is not used that way", async () => {
    server.faults.add({
      on: { path: /auth_metadata$/ },
      do: {
        status: {
          code: 200,
          body: JSON.stringify({ issuer: server.baseUrl, response_types_supported: ["code"] }),
        },
      },
    });
    expect(await refusal(signIn())).toMatchObject({ kind: "invalid", message: "no OAuth 2.0 here" });
    expect(rig.platform.opened).toEqual([]);
  });
});
