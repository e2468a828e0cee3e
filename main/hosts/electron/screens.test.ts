import type { DesktopCapturerSource, Streams } from "electron";
import { expect, test } from "vitest";
import { Screens } from "./screens.ts";

const source = (id: string, name: string): DesktopCapturerSource =>
  ({
    id,
    name,
    thumbnail: { isEmpty: () => false, toPNG: () => Buffer.from(name) },
  }) as unknown as DesktopCapturerSource;
const sources = [source("screen:1:0", "Entire screen"), source("window:7:0", "Letters")];
const ours = { url: "app://dunlin/index.html", parent: null };

type Handler = (request: never, answer: (streams: Streams | null) => void) => void;

/** A host on which the page may ask. */
function host(system: { platform?: NodeJS.Platform; env?: NodeJS.ProcessEnv } = {}) {
  const screens = new Screens(
    { getSources: () => Promise.resolve(sources) },
    { platform: "linux", env: {}, ...system },
  );
  let handler: Handler = () => undefined;
  screens.guard({ setDisplayMediaRequestHandler: (given) => void (handler = given as Handler) });
  const ask = (part: object = {}): Promise<Streams | null> =>
    new Promise((answer) =>
      handler({ frame: ours, videoRequested: true, audioRequested: true, ...part } as never, answer),
    );
  return { screens, ask };
}

test("what the user has chosen is given, once", async () => {
  const { screens, ask } = host();
  expect(await screens.list()).toEqual([
    { id: "screen:1:0", name: "Entire screen", isScreen: true, thumbnail: btoa("Entire screen") },
    { id: "window:7:0", name: "Letters", isScreen: false, thumbnail: btoa("Letters") },
  ]);
  screens.choose("window:7:0");
  expect(await ask()).toEqual({ video: sources[1] });
  expect(await ask()).toBeNull();
});

test("nothing is given that was not offered, or not chosen, or chosen before the list was shown anew", async () => {
  const { screens, ask } = host();
  expect(await ask()).toBeNull();
  screens.choose("screen:1:0");
  expect(await ask()).toBeNull();
  await screens.list();
  screens.choose("screen:99:0");
  expect(await ask()).toBeNull();
  await screens.list();
  screens.choose("screen:1:0");
  await screens.list();
  expect(await ask()).toBeNull();
});

test.each([
  { frame: null },
  { frame: { url: "https://evil.example/", parent: null } },
  { frame: { url: "app://dunlin/index.html", parent: ours } },
  { videoRequested: false },
])("to anybody but our page at the top, and for anything but a picture: nothing (%o)", async (part) => {
  const { screens, ask } = host();
  await screens.list();
  screens.choose("screen:1:0");
  expect(await ask(part)).toBeNull();
});

test("the sound of the system comes along where it can", async () => {
  const { screens, ask } = host({ platform: "win32" });
  await screens.list();
  screens.choose("screen:1:0");
  expect(await ask()).toEqual({ video: sources[0], audio: "loopback" });
});

test("where the desktop portal asks, the page does not ask a second time", async () => {
  const { screens, ask } = host({ env: { XDG_SESSION_TYPE: "wayland" } });
  expect(await screens.list()).toBeNull();
  expect(await ask()).toEqual({ video: sources[0] });
});
