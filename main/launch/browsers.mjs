import { posix, win32 } from "node:path";

/**
 * @typedef {{ name: string, path: string }} Browser
 * @typedef {{ platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string, exists: (path: string) => boolean }} Machine
 */

const linuxNames = [
  ["Chrome", "google-chrome-stable"],
  ["Chrome", "google-chrome"],
  ["Chromium", "chromium"],
  ["Chromium", "chromium-browser"],
  ["Edge", "microsoft-edge-stable"],
  ["Edge", "microsoft-edge"],
  ["Brave", "brave-browser"],
  ["Brave", "brave"],
];
const linuxPlaces = [
  ["Chrome", "/opt/google/chrome/chrome"],
  ["Edge", "/opt/microsoft/msedge/msedge"],
  ["Brave", "/opt/brave.com/brave/brave"],
  ["Chromium", "/usr/lib/chromium/chromium"],
  ["Chromium", "/snap/bin/chromium"],
];
const macNames = [
  ["Chrome", "Google Chrome"],
  ["Edge", "Microsoft Edge"],
  ["Chromium", "Chromium"],
  ["Brave", "Brave Browser"],
];
const windowsPlaces = [
  ["Chrome", ["Google", "Chrome", "Application", "chrome.exe"]],
  ["Edge", ["Microsoft", "Edge", "Application", "msedge.exe"]],
  ["Chromium", ["Chromium", "Application", "chrome.exe"]],
  ["Brave", ["BraveSoftware", "Brave-Browser", "Application", "brave.exe"]],
];

/**
 * Every place a Chromium-family browser may be at, best first.
 * @param {Machine} machine
 * @returns {Browser[]}
 */
export function browserCandidates({ platform, env, home }) {
  if (platform === "win32") return onWindows(env);
  if (platform === "darwin") return onMac(home);
  return onLinux(env);
}

/**
 * The first Chromium-family browser this machine has. `DUNLIN_BROWSER` (a path) goes before all others.
 * @param {Machine} machine
 * @returns {Browser | undefined}
 */
export function findBrowser(machine) {
  const chosen = machine.env["DUNLIN_BROWSER"];
  if (chosen) return machine.exists(chosen) ? { name: chosen, path: chosen } : undefined;
  return browserCandidates(machine).find(({ path }) => machine.exists(path));
}

function onWindows(/** @type {NodeJS.ProcessEnv} */ env) {
  const bases = [env["PROGRAMFILES"], env["PROGRAMFILES(X86)"], env["LOCALAPPDATA"]].filter((base) => !!base);
  return windowsPlaces.flatMap(([name, parts]) =>
    bases.map((base) => ({ name: String(name), path: win32.join(String(base), ...(parts ?? [])) })),
  );
}

function onMac(/** @type {string} */ home) {
  return macNames.flatMap(([name = "", app = ""]) =>
    ["/Applications", posix.join(home, "Applications")].map((base) => ({
      name,
      path: posix.join(base, `${app}.app`, "Contents", "MacOS", app),
    })),
  );
}

function onLinux(/** @type {NodeJS.ProcessEnv} */ env) {
  const dirs = (env["PATH"] ?? "").split(":").filter((dir) => posix.isAbsolute(dir));
  const onPath = linuxNames.flatMap(([name = "", program = ""]) =>
    dirs.map((dir) => ({ name, path: posix.join(dir, program) })),
  );
  return [...onPath, ...linuxPlaces.map(([name = "", path = ""]) => ({ name, path }))];
}

/**
 * The arguments of an app window of our own. The browser gets a profile inside ours, so that its process lives
 * exactly as long as the window and the user's own browser is left alone.
 * @param {{ url: string, dataDir: string, isRoot: boolean, remoteDebuggingPort?: number | undefined }} window
 */
export function appWindowArguments({ url, dataDir, isRoot, remoteDebuggingPort }) {
  return [
    `--app=${url}`,
    `--user-data-dir=${dataDir}`,
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Chromium's sandbox refuses to start as root.
    ...(isRoot ? ["--no-sandbox"] : []),
    ...(remoteDebuggingPort === undefined ? [] : [`--remote-debugging-port=${remoteDebuggingPort}`]),
  ];
}

/**
 * Whether a window can be shown at all; a Linux machine may have no display.
 * @param {{ platform: NodeJS.Platform, env: NodeJS.ProcessEnv }} machine
 */
export function hasDisplay({ platform, env }) {
  return platform !== "linux" || !!env["DISPLAY"] || !!env["WAYLAND_DISPLAY"];
}
