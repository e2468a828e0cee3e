import { describe, expect, test } from "vitest";
import { appWindowArguments, findBrowser, hasDisplay } from "./browsers.mjs";

/**
 * @param {NodeJS.Platform} platform
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} files what the machine has
 */
const machine = (platform, env, ...files) => ({
  platform,
  env,
  home: platform === "darwin" ? "/Users/mira" : "/home/mira",
  exists: (/** @type {string} */ path) => files.includes(path),
});

describe("finding a browser", () => {
  test("on Linux by $PATH, Chrome before Chromium", () => {
    const env = { PATH: "/usr/local/bin:/usr/bin" };
    expect(findBrowser(machine("linux", env, "/usr/bin/chromium"))).toEqual({
      name: "Chromium",
      path: "/usr/bin/chromium",
    });
    const both = machine("linux", env, "/usr/bin/chromium", "/usr/local/bin/google-chrome");
    expect(findBrowser(both)?.name).toBe("Chrome");
  });

  test("on Linux outside of $PATH, and never in a relative entry of it", () => {
    expect(findBrowser(machine("linux", {}, "/opt/brave.com/brave/brave"))?.name).toBe("Brave");
    expect(findBrowser(machine("linux", { PATH: ".:bin" }, "chromium", "bin/chromium"))).toBeUndefined();
  });

  test("on macOS for all users or for one", () => {
    const edge = "/Users/mira/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge";
    expect(findBrowser(machine("darwin", {}, edge))).toEqual({ name: "Edge", path: edge });
  });

  test("on Windows in any of the program folders", () => {
    const env = {
      PROGRAMFILES: "C:\\Program Files",
      "PROGRAMFILES(X86)": "C:\\Program Files (x86)",
      LOCALAPPDATA: "C:\\Users\\mira\\AppData\\Local",
    };
    const edge = "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe";
    expect(findBrowser(machine("win32", env, edge))).toEqual({ name: "Edge", path: edge });
  });

  test("DUNLIN_BROWSER goes before all, and alone", () => {
    const env = { PATH: "/usr/bin", DUNLIN_BROWSER: "/my/browser" };
    expect(findBrowser(machine("linux", env, "/usr/bin/chromium", "/my/browser"))?.path).toBe("/my/browser");
    expect(findBrowser(machine("linux", env, "/usr/bin/chromium"))).toBeUndefined();
  });

  test("none at all", () => {
    expect(findBrowser(machine("linux", { PATH: "/usr/bin" }))).toBeUndefined();
  });
});

describe("opening an app window", () => {
  const url = "http://127.0.0.1:1/?token=t";

  test("the page alone, in a profile of its own", () => {
    const args = appWindowArguments({ url, dataDir: "/p/browser", isRoot: false });
    expect(args).toContain(`--app=${url}`);
    expect(args).toContain("--user-data-dir=/p/browser");
    expect(args.join(" ")).not.toMatch(/--no-sandbox|--remote-debugging-port/);
  });

  test("without the sandbox only as root; debuggable only when asked", () => {
    const args = appWindowArguments({ url, dataDir: "/p", isRoot: true, remoteDebuggingPort: 0 });
    expect(args).toContain("--no-sandbox");
    expect(args).toContain("--remote-debugging-port=0");
  });

  test("Linux without X11 or Wayland can show none", () => {
    expect(hasDisplay({ platform: "linux", env: {} })).toBe(false);
    expect(hasDisplay({ platform: "linux", env: { WAYLAND_DISPLAY: "wayland-0" } })).toBe(true);
    expect(hasDisplay({ platform: "darwin", env: {} })).toBe(true);
  });
});
