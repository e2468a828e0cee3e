import { expect, test } from "vitest";
import { parseFlags } from "./flags.ts";
import { defaultProfileDir } from "./profile-dir.ts";

test("reads both ways of giving a value", () => {
  expect(
    parseFlags([
      "--profile-dir",
      "/p",
      "--homeserver=http://h:1",
      "--port",
      "0",
      "--remote-debugging-port=9222",
    ]),
  ).toEqual({
    profileDir: "/p",
    homeserver: "http://h:1",
    port: 0,
    remoteDebuggingPort: 9222,
    isAutostart: false,
    unknown: [],
  });
});

test("minds neither the launcher's flags nor Chromium's switches", () => {
  expect(parseFlags(["--no-open", "--headless-host", "--no-sandbox", "out/main/electron.js"])).toEqual({
    isAutostart: false,
    unknown: ["--no-sandbox", "out/main/electron.js"],
  });
});

test.each([
  [["--port"]],
  [["--port", "65536"]],
  [["--port", "1e3"]],
  [["--profile-dir", "--port"]],
  [["--homeserver="]],
])("says what is wrong with %j", (argv) => {
  expect(parseFlags(argv)).toMatch(/^--[a-z-]+ needs a (?:value|number)/);
});

test.each([
  { platform: "linux", env: { XDG_DATA_HOME: "/data" }, home: "/home/a" },
  { platform: "linux", env: { XDG_DATA_HOME: "relative" }, home: "/home/a" },
  { platform: "darwin", env: {}, home: "/Users/a" },
  { platform: "win32", env: { APPDATA: "C:\\Users\\a\\AppData\\Roaming" }, home: "C:\\Users\\a" },
  { platform: "win32", env: {}, home: "C:\\Users\\a" },
] as const)("the profile is where the launcher would put it ($platform)", async (machine) => {
  // The launcher is plain JavaScript for any Node; neither side may import the other.
  const launcher = (await import(new URL("../launch/profile.mjs", import.meta.url).href)) as {
    defaultProfileDir: typeof defaultProfileDir;
  };
  expect(defaultProfileDir(machine)).toBe(launcher.defaultProfileDir(machine));
});
