import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Failure } from "../../preload/contract/models/failure.ts";
import { connect, type Client } from "../bridge/connect.ts";
import { RequestFailed } from "../bridge/request-failed.ts";
import { ScriptedCore } from "../bridge/scripted-core.ts";
import { SessionState } from "../state/session.svelte.ts";
import { RegisterForm } from "./register.svelte.ts";

let core: ScriptedCore;
let client: Client;
let form: RegisterForm;
const refuse = (failure: Partial<Failure>) => () => {
  throw new RequestFailed({ kind: "rejected", message: "", ...failure });
};

beforeEach(() => {
  core = new ScriptedCore();
  client = connect({ openPort: core.openPort, reload: () => false });
  core.handle("discoverServer", ({ input }) => ({
    baseUrl: `https://matrix.${input}`,
    serverName: input,
    user: null,
    flows: [],
    isInsecure: false,
  }));
  core.handle("checkUsername", () => undefined);
  core.handle("register", () => undefined);
  form = new RegisterForm(new SessionState(client), "example.org");
});
afterEach(() => client.close());

const fill = (username = "ann", password = "Tall-Ships-77"): void =>
  void Object.assign(form, { username, password });

// Every code the specification names for registering, an unknown one, and trouble on the way.
test.each([
  [{ errcode: "M_USER_IN_USE", status: 400 }, "username", /has this name already/],
  [{ errcode: "M_INVALID_USERNAME", status: 400 }, "username", /does not allow this name/],
  [{ errcode: "M_EXCLUSIVE", status: 400 }, "username", /bridge/],
  [
    { errcode: "M_WEAK_PASSWORD", status: 400, serverText: "Ten at least" },
    "password",
    /too weak.*Ten at least/,
  ],
  [
    { errcode: "M_FORBIDDEN", status: 403, serverText: "Closed" },
    null,
    /does not let people make accounts.*Closed/,
  ],
  [{ errcode: "M_APPSERVICE_LOGIN_UNSUPPORTED", status: 400 }, null, /own web page/],
  [{ errcode: "M_UNRECOGNIZED", status: 404 }, null, /does not let people make accounts/],
  [{ kind: "limited", errcode: "M_LIMIT_EXCEEDED", retryAfterMs: 40_000 }, null, /again in 40 s/],
  [{ errcode: "M_RESOURCE_LIMIT_EXCEEDED", status: 403 }, null, /limit of its own/],
  [{ errcode: "ORG_EXAMPLE_ODD", serverText: "Not on Sundays" }, null, /Not on Sundays/],
  [{ message: "no way to authenticate" }, null, /nobody can do from here/],
  [{ message: "registered-without-session" }, null, /was made, but/],
  [{ kind: "offline", message: "ECONNREFUSED" }, null, /cannot be reached/],
  [{ kind: "timeout" }, null, /does not answer/],
] as const)("%o is said at %s, and nothing typed is lost", async (failure, field, words) => {
  fill();
  core.handle("register", refuse(failure as Partial<Failure>));
  expect(await form.submit()).toBe(field);
  expect(form.problem?.field).toBe(field);
  expect(form.problem?.sentence).toMatch(words);
  expect([form.homeserver, form.username, form.password]).toEqual(["example.org", "ann", "Tall-Ships-77"]);
  expect(form.isBusy).toBe(false);
});

test("registers at the address that discovery found, and forgets the password", async () => {
  fill(" ann ");
  expect(await form.submit()).toBeNull();
  const call = core.received.find((frame) => frame.t === "call" && frame.method === "register");
  expect(call).toMatchObject({
    params: { homeserver: "https://matrix.example.org", username: "ann", password: "Tall-Ships-77" },
  });
  expect(form.password).toBe("");
});

test.each([
  ["", "Tall-Ships-77", "username"],
  ["ann", "", "password"],
  ["ann", "abcdefgh", "password"],
])("%o with %o: no request goes out (REG-03, REG-12)", async (username, password, field) => {
  fill(username, password);
  expect(await form.submit()).toBe(field);
  expect(core.received.some((frame) => frame.t === "call" && frame.method === "register")).toBe(false);
});

test("given up while at a stage: the form is as it was, without a word", async () => {
  fill();
  core.handle("register", refuse({ kind: "aborted" }));
  await form.submit();
  expect(form.problem).toBeNull();
  expect(form.password).toBe("Tall-Ships-77");
});

test("a moment after the last key the name is looked up, once, and the answer is for that name only", async () => {
  vi.useFakeTimers();
  try {
    const asked: string[] = [];
    core.handle("checkUsername", ({ username }) => {
      asked.push(username);
      return username === "taken" ? refuse({ errcode: "M_USER_IN_USE" })() : undefined;
    });
    await form.homeserverEntered();
    for (const name of ["t", "ta", "taken"]) {
      form.username = name;
      form.usernameTyped();
    }
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual(["taken"]);
    expect(form.errorAt("username")).toMatch(/has this name already/);
    form.username = "free";
    form.usernameTyped();
    expect(form.errorAt("username")).toBeNull();
    await vi.advanceTimersByTimeAsync(1000);
    expect(form.name).toEqual({ state: "free", name: "free" });
  } finally {
    vi.useRealTimers();
  }
});
