import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { buildApp, outMain } from "../testing/built-app.ts";
import { DesktopStage } from "../testing/desktop-stage.ts";

// Starting the built app once more, with and without an address: the one that runs does all of it.

beforeAll(buildApp, 180_000);
let stage: DesktopStage;
beforeEach(() => void (stage = new DesktopStage(outMain)));
afterEach(() => stage.close());
const place = "https://matrix.to/#/#pier:x.org";

test("a second start ends at once, and brings the window of the first to the front", async () => {
  const { child } = await stage.opened();
  const second = stage.start({ STAND_IN_LOCK: "taken" });
  expect(await second.ended).toEqual({ code: 0, signal: null });
  expect([second.all("window"), second.all("error-box"), second.output]).toEqual([[], [], ""]);
  await child.tell({ do: "second instance" });
  expect(
    child
      .all("called")
      .map(({ name }) => name)
      .slice(-3),
  ).toEqual(["restore", "show", "focus"]);
  expect(child.all("window")).toHaveLength(1);
});

test("an address on the first command line waits until the page has gone there", async () => {
  const page = await stage.opened({}, ["matrix:r/pier:x.org?action=join"]);
  expect(page.view?.errand).toMatchObject({ kind: "link", link: place });
  await page.call("errandDone", { number: page.view?.errand?.number ?? 0 });
  await expect.poll(() => page.view?.errand).toBeNull();
});

test("addresses of a later start and of the system open in the window there is; what is none of ours only shows it", async () => {
  const page = await stage.opened();
  const link = (): string | undefined =>
    page.view?.errand?.kind === "link" ? page.view.errand.link : undefined;
  await page.child.tell({ do: "second instance", argv: ["--flag", "dunlin://r/pier:x.org"] });
  await expect.poll(link).toBe(place);
  expect(await page.child.tell({ do: "open url", url: "matrix:u/ana:x.org" })).toBe(true);
  await expect.poll(link).toBe("https://matrix.to/#/@ana:x.org");
  await page.child.tell({ do: "second instance", argv: ["javascript:alert(1)", "dunlin:///etc/passwd"] });
  expect(page.child.all("called").at(-1)).toMatchObject({ name: "focus" });
  expect(link()).toBe("https://matrix.to/#/@ana:x.org");
  expect(page.child.all("window")).toHaveLength(1);
});

test("the schemes are claimed by an installed copy, and by no other", async () => {
  const claimed = async (env: Readonly<Record<string, string>>): Promise<unknown> => {
    const { child } = await stage.opened(env);
    const state = await child.tell<{ claimed: unknown }>({ do: "state" });
    await child.kill();
    return state.claimed;
  };
  expect(await claimed({})).toEqual([]);
  expect(await claimed({ STAND_IN_PACKAGED: "1" })).toEqual(["dunlin", "matrix"]);
});
