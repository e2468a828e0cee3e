import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { Authentication, StageAnswer } from "../../preload/contract/models/authentication.ts";
import { FailureError, type Failure } from "./failure.ts";
import { CoreRig, endAll, filesWith, homeserverWith } from "./testing/core-rig.ts";

// Making an account through whatever stages a server thinks of (UIA, REG).

let server: Homeserver;
let rig: CoreRig;
beforeEach(async () => {
  server = await homeserverWith();
  server.world.addUser("taken");
  rig = await CoreRig.start(server);
});
afterEach(endAll);

const PASSWORD = "Tall-Ships-77";
const register = (username = "ann", password = PASSWORD): Promise<void> =>
  Promise.resolve(rig.core.handlers.register({ homeserver: server.baseUrl, username, password }));
const flows = (...ways: string[][]): void => void (server.world.stages.flows.register = ways);
const sent = () =>
  server.wire.requests
    .filter(({ method, path }) => method === "POST" && path.endsWith("/v3/register"))
    .map(({ body }) => body as Record<string, unknown>);
const auths = () => sent().map(({ auth }) => auth as Record<string, unknown> | undefined);

/** Waits for a stage and answers it. */
async function at(
  kind: string,
  test: (view: Authentication) => boolean = () => true,
): Promise<Authentication> {
  const topic = rig.watch("authentication");
  await topic.until((view) => view?.stage.kind === kind && !view.isBusy && test(view));
  topic.stop();
  return topic.value as Authentication;
}
const answer = async (view: Authentication, given: StageAnswer): Promise<void> =>
  rig.core.handlers.answerStage({ id: view.id, answer: given });
const refusal = async (work: Promise<void>): Promise<Failure> =>
  work.then(
    () => Promise.reject(new Error("it worked")),
    (error: unknown) => (error instanceof FailureError ? error.failure : Promise.reject(error as Error)),
  );

describe("without anything to do", () => {
  it("makes the account, signs in at once, syncs, and keeps the session over a restart", async () => {
    await register("@ann:dunlin.test");
    await rig.live();
    const [first, second] = sent();
    expect(first).toEqual({
      username: "ann",
      password: PASSWORD,
      initial_device_display_name: "Dunlin in a test",
      refresh_token: true,
      inhibit_login: false,
    });
    const session = (auths()[1] ?? {})["session"];
    expect(second).toEqual({ ...first, auth: { type: "m.login.dummy", session } });
    expect(sent()).toHaveLength(2);
    expect(server.wire.requests.some(({ path }) => path.endsWith("/login"))).toBe(false);
    expect(rig.watch("session").value).toMatchObject({
      state: "signed-in",
      account: { userId: "@ann:dunlin.test" },
    });
    expect(rig.watch("authentication").value).toBeNull();
    const again = await rig.restart();
    expect(again.watch("session").value.state).toBe("signed-in");
    expect(filesWith(again.platform.profileDir, PASSWORD)).toEqual([]);
  });

  it("an empty name is left to the server (REG-02)", async () => {
    await register("");
    expect(sent()[0]).not.toHaveProperty("username");
    expect(rig.watch("session").value.state).toBe("signed-in");
  });

  it("no session from the server, none in the answer (UIA-03)", async () => {
    server.world.stages.omitSession = true;
    await register();
    expect(auths()).toEqual([undefined, { type: "m.login.dummy" }]);
  });

  it("no request carries a token", async () => {
    await register();
    const registers = server.wire.requests.filter(({ path }) => path.includes("/register"));
    expect(registers.map(({ token }) => token)).toEqual([undefined, undefined]);
  });
});

describe("the name", () => {
  it.each([
    ["taken", "M_USER_IN_USE"],
    ["Not Allowed!", "M_INVALID_USERNAME"],
  ])("%s is refused before any stage (REG-10)", async (name, errcode) => {
    flows(["m.login.terms"]);
    const check = rig.core.handlers.checkUsername({ homeserver: server.baseUrl, username: name });
    expect(await refusal(Promise.resolve(check))).toMatchObject({ kind: "rejected", errcode });
    expect(await refusal(register(name))).toMatchObject({ kind: "rejected", errcode });
    expect(rig.watch("authentication").value).toBeNull();
  });

  it("a free one is free", async () => {
    await rig.core.handlers.checkUsername({ homeserver: server.baseUrl, username: "ann" });
  });

  it("taken after the last stage: another one goes on without a stage being done again (REG-11)", async () => {
    flows(["m.login.registration_token", "m.login.terms"]);
    server.world.stages.registrationTokens = ["let-me-in"];
    const first = register();
    await answer(await at("registration-token"), { kind: "registration-token", token: "let-me-in" });
    const terms = await at("terms");
    server.world.addUser("ann");
    const failure = refusal(first);
    await answer(terms, { kind: "agree" });
    expect(await failure).toMatchObject({ errcode: "M_USER_IN_USE" });
    expect(rig.watch("session").value.state).toBe("signed-out");
    const before = sent().length;
    await register("ann2");
    const { session } = auths()[1] ?? {};
    expect(sent().slice(before)).toMatchObject([{ username: "ann2", auth: { session } }]);
    expect(rig.watch("session").value).toMatchObject({ account: { userId: "@ann2:dunlin.test" } });
  });

  it("a session the server has forgotten meanwhile: from the beginning, once", async () => {
    flows(["m.login.terms"]);
    const first = refusal(register());
    const view = await at("terms");
    server.world.addUser("ann");
    await answer(view, { kind: "agree" });
    await first;
    // The server ends what it no longer wants to remember.
    server.faults.add({
      on: { path: /\/v3\/register$/ },
      do: {
        status: { code: 400, body: JSON.stringify({ errcode: "M_UNKNOWN", error: "Unknown session ID" }) },
      },
      times: 1,
    });
    const second = register("ann2");
    await answer(await at("terms"), { kind: "agree" });
    await second;
    expect(rig.watch("session").value.state).toBe("signed-in");
  });
});

describe("stages", () => {
  it("several in order, with one session throughout; only `completed` counts (UIA-04, UIA-05)", async () => {
    flows(["m.login.registration_token", "m.login.terms", "m.login.dummy"]);
    server.world.stages.registrationTokens = ["right"];
    server.world.stages.params = {
      "m.login.terms": {
        policies: {
          privacy: { version: "1", en: { name: "Privacy\u202E", url: "https://example.org/privacy" } },
          odd: { version: "1", en: { name: "Bad", url: "javascript:alert(1)" } },
        },
      },
    };
    const done = register();
    const token = await at("registration-token");
    expect(token).toMatchObject({ number: 1, of: 3, purpose: "register", failure: null });
    await answer(token, { kind: "registration-token", token: "wrong" });
    const again = await at("registration-token", ({ failure }) => failure !== null);
    expect(again.failure).toMatchObject({ errcode: "M_UNAUTHORIZED" });
    await answer(again, { kind: "registration-token", token: "right" });
    const terms = await at("terms");
    expect(terms).toMatchObject({ number: 2, of: 3, failure: null });
    expect(terms.stage).toEqual({
      kind: "terms",
      policies: [{ id: "privacy", name: "Privacy", url: "https://example.org/privacy" }],
    });
    await answer(terms, { kind: "agree" });
    await done;
    expect(
      new Set(
        auths()
          .slice(1)
          .map((auth) => auth?.["session"]),
      ).size,
    ).toBe(1);
    expect(auths().map((auth) => auth?.["type"])).toEqual([
      undefined,
      "m.login.registration_token",
      "m.login.registration_token",
      "m.login.terms",
      "m.login.dummy",
    ]);
  });

  it("of two flows the one that asks for nothing is gone (UIA-02)", async () => {
    flows(["m.login.recaptcha", "m.login.terms"], ["m.login.dummy"]);
    await register();
    expect(auths().map((auth) => auth?.["type"])).toEqual([undefined, "m.login.dummy"]);
  });

  it("an unknown stage is done on the server's page, and noticed by itself (UIA-13, UIA-15)", async () => {
    flows(["org.example.odd one"]);
    const done = register();
    const view = await at("page");
    expect(view.stage).toEqual({ kind: "page", type: "org.example.odd one", isOpened: false });
    await answer(view, { kind: "open-page" });
    const [url = ""] = rig.platform.opened;
    expect(url).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/_matrix\/client\/v3\/auth\/org\.example\.odd%20one\/fallback\/web\?session=\w+$/,
    );
    // The first look finds it undone and keeps waiting without a word.
    await server.wire.waitFor(({ body }) => (body as { auth?: object } | undefined)?.auth !== undefined);
    expect((await at("page")).failure).toBeNull();
    await globalThis.fetch(url, { method: "POST" });
    await done;
    const session = new URL(url).searchParams.get("session");
    for (const auth of auths().slice(1)) expect(auth).toEqual({ session });
  });

  it("done on the page and said so: asked at once", async () => {
    flows(["m.login.recaptcha"]);
    const done = register();
    const view = await at("page");
    await answer(view, { kind: "open-page" });
    await globalThis.fetch(rig.platform.opened[0] ?? "", { method: "POST" });
    await answer(view, { kind: "page-done" });
    await done;
  });

  it("single sign-on is confirmed on the server's page (m.login.sso)", async () => {
    flows(["m.login.sso"]);
    const done = register();
    const view = await at("page");
    expect(view.stage).toEqual({ kind: "page", type: "m.login.sso", isOpened: false });
    await answer(view, { kind: "open-page" });
    const [url = ""] = rig.platform.opened;
    expect(new URL(url).pathname).toBe("/_matrix/client/v3/auth/m.login.sso/fallback/web");
    await globalThis.fetch(url, { method: "POST" });
    await answer(view, { kind: "page-done" });
    await done;
    const session = new URL(url).searchParams.get("session");
    for (const auth of auths().slice(1)) expect(auth).toEqual({ session });
  });

  it("m.oauth is done on the page that the server names, and told with the session alone", async () => {
    flows(["m.oauth"]);
    server.world.stages.params = { "m.oauth": { url: "https://account.example.org/confirm?of=1" } };
    const done = register();
    const view = await at("page");
    await answer(view, { kind: "open-page" });
    expect(rig.platform.opened).toEqual(["https://account.example.org/confirm?of=1"]);
    await answer(view, { kind: "page-done" });
    // Not done there yet: it keeps waiting.
    expect((await at("page")).stage).toMatchObject({ isOpened: true });
    const session = String(auths().at(-1)?.["session"]);
    const page = `${server.baseUrl}/_matrix/client/v3/auth/m.oauth/fallback/web?session=${session}`;
    await globalThis.fetch(page, { method: "POST" });
    await answer(view, { kind: "page-done" });
    await done;
    for (const auth of auths().slice(1)) expect(auth).toEqual({ session });
  });

  it.each(["javascript:alert(1)", "file:///etc/passwd", 7, null])(
    "m.oauth that names %s for a page opens nothing and says so",
    async (url) => {
      flows(["m.oauth"]);
      server.world.stages.params = { "m.oauth": { url } };
      const ended = expect(register()).rejects.toThrow();
      const view = await at("page");
      await answer(view, { kind: "open-page" });
      expect((await at("page")).failure).toMatchObject({ kind: "invalid" });
      expect(rig.platform.opened).toEqual([]);
      await rig.core.handlers.cancelAuthentication({ id: view.id });
      await ended;
    },
  );

  it("a mail is sent, its link followed, and its proof given once (UIA-11)", async () => {
    flows(["m.login.email.identity"]);
    server.world.addUser("other");
    server.world.addContact("other", "email", "used@example.org");
    const done = register();
    const view = await at("email");
    await answer(view, { kind: "address", address: "nonsense" });
    expect((await at("email")).failure).toMatchObject({ kind: "invalid", message: "not-an-email" });
    await answer(view, { kind: "address", address: "used@example.org" });
    expect((await at("email")).failure).toMatchObject({ errcode: "M_THREEPID_IN_USE" });
    await answer(view, { kind: "address", address: " ann@example.org " });
    expect((await at("email")).stage).toEqual({ kind: "email", sentTo: "ann@example.org", needsCode: false });
    await answer(view, { kind: "address", address: "ann@example.org" });
    expect(server.world.messages()).toHaveLength(2);
    await answer(view, { kind: "followed" });
    expect((await at("email")).failure).toMatchObject({ errcode: "M_UNAUTHORIZED" });
    await globalThis.fetch(server.world.messages()[1]?.link ?? "");
    await answer(view, { kind: "followed" });
    await done;
    expect(auths().at(-1)).toEqual({
      type: "m.login.email.identity",
      threepid_creds: { sid: expect.any(String) as string, client_secret: expect.any(String) as string },
      session: expect.any(String) as string,
    });
  });

  it("a text message brings a code; a wrong one can be corrected", async () => {
    flows(["m.login.msisdn"]);
    const done = register();
    const view = await at("phone");
    await answer(view, { kind: "address", address: "0171 555" });
    expect((await at("phone")).failure).toMatchObject({ message: "not-a-number" });
    await answer(view, { kind: "address", address: "+44 7700 900-123" });
    expect((await at("phone")).stage).toEqual({ kind: "phone", sentTo: "+447700900123", needsCode: true });
    await answer(view, { kind: "code", code: "000000" });
    expect((await at("phone")).failure).toMatchObject({ errcode: "M_THREEPID_AUTH_FAILED" });
    await answer(view, { kind: "code", code: server.world.messages()[0]?.code ?? "" });
    await done;
    expect(rig.watch("session").value.state).toBe("signed-in");
  });

  it("another way can be chosen", async () => {
    flows(["m.login.terms"], ["m.login.registration_token"]);
    server.world.stages.registrationTokens = ["right"];
    const done = register();
    const view = await at("terms");
    expect(view.otherWays).toEqual([{ type: "m.login.registration_token" }]);
    await rig.core.handlers.chooseWay({ id: view.id, type: "m.login.registration_token" });
    await answer(await at("registration-token"), { kind: "registration-token", token: "right" });
    await done;
  });

  it("flows that change between two answers are read anew (UIA-17)", async () => {
    flows(["m.login.terms", "m.login.recaptcha"]);
    const done = register();
    const view = await at("terms");
    flows(["m.login.terms", "m.login.dummy"]);
    await answer(view, { kind: "agree" });
    await done;
  });
});

describe("trouble", () => {
  it("a lost connection keeps the stage, and the answer is given again (UIA-18)", async () => {
    flows(["m.login.terms"]);
    const done = register();
    const view = await at("terms");
    server.faults.add({ on: { path: /\/v3\/register$/ }, do: { status: { code: 502 } }, times: 1 });
    await answer(view, { kind: "agree" });
    expect((await at("terms")).failure).toMatchObject({ kind: "unavailable", status: 502 });
    await answer(view, { kind: "agree" });
    await done;
  });

  it.each([
    [400, "M_WEAK_PASSWORD"],
    [403, "M_FORBIDDEN"],
    [400, "M_EXCLUSIVE"],
    [400, "ORG_EXAMPLE_ODD"],
  ])("%i %s ends the attempt with that word", async (code, errcode) => {
    const body = JSON.stringify({ errcode, error: "The server's own words" });
    server.faults.add({ on: { path: /\/v3\/register$/ }, do: { status: { code, body } }, times: 1 });
    expect(await refusal(register())).toMatchObject({ errcode, serverText: "The server's own words" });
    expect(rig.watch("session").value.state).toBe("signed-out");
  });

  it("stages that cannot be done end it in words", async () => {
    flows();
    expect(await refusal(register())).toMatchObject({ kind: "rejected", message: "no way to authenticate" });
  });

  it("given up: nothing is made, and the next attempt takes up where this one was left", async () => {
    flows(["m.login.registration_token", "m.login.terms"]);
    server.world.stages.registrationTokens = ["right"];
    const first = refusal(register());
    await answer(await at("registration-token"), { kind: "registration-token", token: "right" });
    const view = await at("terms");
    await rig.core.handlers.cancelAuthentication({ id: view.id });
    expect(await first).toMatchObject({ kind: "aborted" });
    expect(rig.watch("authentication").value).toBeNull();
    const second = register("ben");
    const next = await at("terms");
    expect(next.number).toBe(2);
    await expect(answer(view, { kind: "agree" })).rejects.toThrow("this authentication is over");
    await answer(next, { kind: "agree" });
    await second;
    expect(rig.watch("session").value).toMatchObject({ account: { userId: "@ben:dunlin.test" } });
  });

  it("nothing of it is in the log", async () => {
    flows(["m.login.registration_token"]);
    server.world.stages.registrationTokens = ["very-secret-token"];
    const done = register();
    await answer(await at("registration-token"), { kind: "registration-token", token: "very-secret-token" });
    await done;
    const log = JSON.stringify(rig.platform.logged);
    expect(log).not.toContain("very-secret-token");
    expect(log).not.toContain(PASSWORD);
  });
});
