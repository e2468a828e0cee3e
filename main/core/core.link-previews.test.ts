import { afterEach, beforeEach, expect, test } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import { defaultSettings } from "../../preload/contract/models/settings.ts";
import { CoreRig, endAll, homeserverWith } from "./testing/core-rig.ts";

// What stands behind links, asked of the homeserver by who wants it.

const PREVIEW = /^\/_matrix\/client\/v1\/media\/preview_url$/;
const page = "https://example.org/story?a=b&c=%2F";
let server: Homeserver;
beforeEach(async () => {
  server = await homeserverWith("Ann");
});
afterEach(endAll);

async function reader(linkPreviews: boolean): Promise<CoreRig> {
  const rig = await (await CoreRig.start(server)).signIn("ann");
  await rig.core.handlers.saveSettings({ settings: { ...defaultSettings, linkPreviews } });
  return rig;
}
const answering = (body: unknown): void =>
  void server.faults.add({
    on: { path: PREVIEW },
    do: { status: { code: 200, body: JSON.stringify(body), contentType: "application/json" } },
  });
const asked = (): number => server.wire.count("GET", PREVIEW);

test("a page is asked for once, at the own homeserver alone, and its words are plain lines", async () => {
  answering({
    "og:title": "A\u202e title\nof two lines",
    "og:description": `<b>bold</b> ${"word ".repeat(200)}`,
    "og:site_name": "Example",
    "og:image": "mxc://dunlin.test/abc",
    "matrix:image:size": 5,
  });
  const { core } = await reader(true);
  const [first, again] = await Promise.all([
    core.handlers.loadLinkPreview({ url: page }),
    core.handlers.loadLinkPreview({ url: page }),
  ]);
  expect(again).toEqual(first);
  expect(await core.handlers.loadLinkPreview({ url: page })).toEqual(first);
  expect(asked()).toBe(1);
  expect(first.preview).toMatchObject({
    title: "A title of two lines",
    siteName: "Example",
    image: "media/dunlin.test/abc?width=320&height=240&method=scale",
  });
  expect(first.preview?.description).toMatch(/^<b>bold<\/b> word .{100,}…$/);
});

test("nobody is asked where it is not wanted, nor of what is no page of everybody's", async () => {
  answering({ "og:title": "A title" });
  const quiet = await reader(false);
  expect(await quiet.core.handlers.loadLinkPreview({ url: page })).toEqual({ preview: null });
  const { core } = await reader(true);
  for (const url of [
    "javascript:alert(1)",
    "ftp://example.org/x",
    "https://ann:secret@example.org/",
    "nothing",
  ])
    expect(await core.handlers.loadLinkPreview({ url })).toEqual({ preview: null });
  expect(asked()).toBe(0);
});

test.each([
  ["nothing", {}],
  ["no title", { "og:title": 5, "og:description": "words" }],
  ["a list", []],
])("%s is no preview", async (_, body) => {
  answering(body);
  const { core } = await reader(true);
  expect(await core.handlers.loadLinkPreview({ url: page })).toEqual({ preview: null });
});

test("a picture somewhere else is none", async () => {
  answering({ "og:title": "A title", "og:image": "https://tracker.example/x.png" });
  const { core } = await reader(true);
  expect((await core.handlers.loadLinkPreview({ url: page })).preview).toMatchObject({ image: null });
});

test("what the server cannot get, and what nobody answered, is not asked for again at once", async () => {
  const { core } = await reader(true);
  const refusing = server.faults.add({
    on: { path: PREVIEW },
    do: { error: { status: 502, errcode: "M_UNKNOWN", message: "no such page" } },
  });
  for (let times = 0; times < 2; times++)
    expect(await core.handlers.loadLinkPreview({ url: page })).toEqual({ preview: null });
  expect(asked()).toBe(1);
  refusing.remove();
  const lost = "https://example.org/lost";
  server.faults.add({ on: { path: PREVIEW }, do: { drop: true }, times: 1 });
  for (let times = 0; times < 2; times++)
    await expect(core.handlers.loadLinkPreview({ url: lost })).rejects.toThrow();
  expect(asked()).toBe(2);
});
