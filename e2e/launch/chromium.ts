import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { findBrowser } from "../../main/launch/browsers.mjs";
import { aptInstall, canApt } from "./apt.ts";

/** For every Chromium we drive: no traffic of its own, no first-run screens; without its sandbox it runs as root. */
export const chromiumFlags = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/**
 * In addition for calls: a camera and a microphone that play a test picture and a beep, allowed without asking. Five
 * pictures a second, Chromium's least: there is no GPU, and two people who see each other code 720p four times.
 */
export const callFlags = ["--use-fake-device-for-media-stream=fps=5", "--use-fake-ui-for-media-stream"];

/** The Chromium-family browser that is installed, if any. `DUNLIN_BROWSER` goes first. */
export function chromiumPath(): string | undefined {
  const machine = { platform: process.platform, env: process.env, home: homedir(), exists: existsSync };
  return findBrowser(machine)?.path;
}

/** The installed browser, or Chromium by apt-get on Debian as root; else why there is none, as one sentence. */
export async function obtainChromium(): Promise<{ path: string } | { why: string }> {
  const found = chromiumPath();
  if (found !== undefined) return { path: found };
  if (!canApt()) return { why: "no Chrome, Edge, Chromium or Brave was found; install one of them" };
  const why = await aptInstall(["chromium"]);
  const path = chromiumPath();
  return path === undefined ? { why: why ?? "apt-get installed Chromium, but it was not found" } : { path };
}
