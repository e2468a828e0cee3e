import { expect, test } from "vitest";
import type { ScreenSource } from "../../preload/contract/models/call.ts";
import { ScreenChooser } from "./screen-choice.svelte.ts";

const source: ScreenSource = { id: "screen:1", name: "Screen", isScreen: true, thumbnail: null };

function chooser(sources: readonly ScreenSource[] | null) {
  const chosen: string[] = [];
  const made = new ScreenChooser({
    listScreens: () => Promise.resolve(sources),
    chooseScreen: (id) => Promise.resolve(void chosen.push(id)),
  });
  return { chosen, made };
}

test("where browser or system ask by themselves, nothing is asked here", async () => {
  const { made, chosen } = chooser(null);
  await made.choose();
  expect([made.open, chosen]).toEqual([null, []]);
});

test("what the user picks is told before the capture begins", async () => {
  const { made, chosen } = chooser([source]);
  const choosing = made.choose();
  await expect.poll(() => made.open?.sources).toEqual([source]);
  made.open?.answer("screen:1");
  await choosing;
  expect([made.open, chosen]).toEqual([null, ["screen:1"]]);
});

test("who closes the question shares nothing", async () => {
  const { made, chosen } = chooser([source]);
  const choosing = made.choose();
  await expect.poll(() => made.open).not.toBeNull();
  made.open?.answer(null);
  await expect(choosing).rejects.toMatchObject({ name: "NotAllowedError" });
  expect([made.open, chosen]).toEqual([null, []]);
});
