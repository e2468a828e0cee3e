import { expect, test } from "vitest";
import { FailureError } from "../core/failure.ts";
import { signInOnce, takeSignIn } from "./sign-in-from-environment.ts";
import { FakeCore } from "./testing/fake-core.ts";

const order = { homeserver: "http://h", user: "a", password: "sesame" };

test("the order leaves the environment when it is taken", () => {
  const env = { DUNLIN_SIGN_IN: JSON.stringify(order) };
  expect(takeSignIn(env)).toEqual(order);
  expect(env).toEqual({});
  expect(takeSignIn(env)).toBeNull();
});

test.each(["{", "null", '{"homeserver":"x"}'])(
  "%s is refused in words that do not repeat it",
  async (text) => {
    const taken = takeSignIn({ DUNLIN_SIGN_IN: text });
    expect(taken).toBe("unreadable");
    const core = new FakeCore();
    expect(await signInOnce(core, taken)).toMatch(/^DUNLIN_SIGN_IN is not JSON/);
    expect(core.asked).toEqual([]);
  },
);

test("signs in where nobody ever was, and stops watching", async () => {
  const core = new FakeCore();
  expect(await signInOnce(core, order)).toBeNull();
  expect(core.asked).toEqual([{ method: "signIn", params: order }]);
  expect(core.watchers[0]?.isStopped).toBe(true);
});

test("leaves alone who is signed in and who signed out", async () => {
  const core = new FakeCore();
  core.signedIn();
  await signInOnce(core, order);
  core.snapshots.session = { state: "signed-out", reason: "user", secrets: "file" };
  await signInOnce(core, order);
  expect(core.asked).toEqual([]);
});

test("says why it did not work, without the password", async () => {
  const core = new FakeCore();
  core.answers.set("signIn", () => {
    throw new FailureError({ kind: "rejected", message: "no", errcode: "M_FORBIDDEN", status: 403 });
  });
  const sentence = await signInOnce(core, order);
  expect(sentence).toContain("M_FORBIDDEN");
  expect(sentence).not.toContain("sesame");
});
