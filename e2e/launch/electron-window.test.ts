import { describe, expect, it } from "vitest";
import { electronLaunch } from "./electron-window.ts";

const machine = { program: "/opt/electron", env: { HOME: "/home/ana", EMPTY: undefined }, isRoot: false };
const flags = ["--no-sandbox", "--use-fake-device-for-media-stream"];

describe("the real Electron, started for a story", () => {
  it("gets Chromium's switches before the app and the app's flags after it", () => {
    const options = { profileDir: "/p", homeserver: "http://h:1", args: ["matrix:r/pier:x.org"] };
    const { args, executablePath } = electronLaunch(options, { ...machine, switches: flags });
    expect(executablePath).toBe("/opt/electron");
    const app = args.findIndex((arg) => arg.endsWith("electron.js"));
    // A sandbox is part of what is tested: only root has to do without.
    expect(args.slice(0, app)).toEqual(["--use-fake-device-for-media-stream"]);
    expect(args.slice(app + 1)).toEqual([
      ...["--profile-dir", "/p", "--homeserver", "http://h:1"],
      "matrix:r/pier:x.org",
    ]);
    const asRoot = electronLaunch({ profileDir: "/p" }, { ...machine, isRoot: true, switches: flags });
    expect(asRoot.args.filter((arg) => arg === "--no-sandbox")).toHaveLength(1);
  });

  it("gets our environment and what the story adds, and nothing that is not set", () => {
    const options = { profileDir: "/p", env: { DUNLIN_SIGN_IN: "{}" } };
    const { env } = electronLaunch(options, { ...machine, switches: [] });
    expect(env).toEqual({ HOME: "/home/ana", DUNLIN_SIGN_IN: "{}" });
  });

  it("is a sentence where its program is not, or where another is asked for", () => {
    const none = { ...machine, program: undefined, switches: [] };
    expect(() => electronLaunch({ profileDir: "/p" }, none)).toThrow("is not here: `npm start` downloads it");
    const other = { profileDir: "/p", program: "/other.js" };
    expect(() => electronLaunch(other, { ...machine, switches: [] })).toThrow("another program");
  });
});
