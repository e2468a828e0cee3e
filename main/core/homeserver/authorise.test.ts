import { expect, test } from "vitest";
import { failed, ok, type Failure, type Result } from "../failure.ts";
import { withAuthorisation, type Authorise } from "./authorise.ts";

const unknownToken: Failure = { kind: "unauthorized", message: "x", status: 401, soft: false };

/** A server that knows one token, and a session that can be refreshed as often as `refreshes` says. */
function situation(options: {
  token?: string | null;
  refresh?: () => Promise<Result<string>>;
  isExpiring?: boolean;
}) {
  const seen: (string | null)[] = [];
  let current = options.token === undefined ? "old" : options.token;
  let refreshes = 0;
  const authorise: Authorise = {
    token: () => current,
    refresh: async () => {
      refreshes += 1;
      const result = await (options.refresh ?? (() => Promise.resolve(ok("new"))))();
      if (result.ok) current = result.value;
      return result;
    },
    isExpiring: () => options.isExpiring === true && current === "old",
  };
  const run = withAuthorisation(authorise);
  const attempt = (token: string | null): Promise<Result<string>> => {
    seen.push(token);
    return Promise.resolve(token === "new" ? ok("answer") : failed(unknownToken));
  };
  return { ask: () => run(attempt), seen, refreshes: () => refreshes };
}

test("a rejected token is refreshed once and the request repeated", async () => {
  const { ask, seen, refreshes } = situation({});
  expect(await ask()).toEqual(ok("answer"));
  expect(seen).toEqual(["old", "new"]);
  expect(refreshes()).toBe(1);
});

test("many requests rejected together share one refresh", async () => {
  const { ask, refreshes } = situation({});
  const answers = await Promise.all(Array.from({ length: 20 }, ask));
  expect(answers.every((answer) => answer.ok)).toBe(true);
  expect(refreshes()).toBe(1);
});

test("a token about to expire is renewed before it is used", async () => {
  const { ask, seen } = situation({ isExpiring: true });
  expect(await ask()).toEqual(ok("answer"));
  expect(seen).toEqual(["new"]);
});

test("an early refresh that fails does not keep the request from going out", async () => {
  const offline: Failure = { kind: "offline", message: "x" };
  const { ask, seen } = situation({ isExpiring: true, refresh: () => Promise.resolve(failed(offline)) });
  await ask();
  expect(seen).toEqual(["old"]);
});

test("with nothing to refresh with, the server's refusal stands", async () => {
  const { ask, seen } = situation({
    refresh: () => Promise.resolve(failed({ kind: "invalid", message: "none" })),
  });
  expect(await ask()).toEqual(failed(unknownToken));
  expect(seen).toEqual(["old"]);
});

test("a refresh that cannot reach the server is a passing failure, not the end of the session", async () => {
  const offline: Failure = { kind: "offline", message: "x" };
  const { ask } = situation({ refresh: () => Promise.resolve(failed(offline)) });
  expect(await ask()).toEqual(failed(offline));
});

test.each([
  [true, false, true],
  [false, true, true],
  [false, false, false],
])(
  "access token refused softly: %s, refresh token: %s; what is kept stays: %s",
  async (first, second, soft) => {
    const refuse = (isSoft: boolean) => failed({ ...unknownToken, soft: isSoft });
    const run = withAuthorisation({ token: () => "old", refresh: () => Promise.resolve(refuse(second)) });
    expect(await run(() => Promise.resolve(refuse(first)))).toEqual(refuse(soft));
  },
);

test("a server that rejects the new token too is not asked a third time", async () => {
  const { ask, seen, refreshes } = situation({ refresh: () => Promise.resolve(ok("also wrong")) });
  expect(await ask()).toEqual(failed(unknownToken));
  expect(seen).toEqual(["old", "also wrong"]);
  expect(refreshes()).toBe(1);
});

test("without a session nothing is sent", async () => {
  const { ask, seen } = situation({ token: null });
  expect(await ask()).toMatchObject({ ok: false, failure: { kind: "unauthorized" } });
  expect(seen).toEqual([]);
});
