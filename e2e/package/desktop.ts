import { chromium } from "@playwright/test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromiumFlags, chromiumPath } from "../launch/chromium.ts";
import { DesktopApp } from "../launch/desktop-app.ts";

/**
 * Starts the desktop program of unpacked files once, as an installed AppImage under the stand-in `electron`, with its
 * page in Chromium: to a window that is shown and a page that asks who signs in, and to an ordered end. What is wrong
 * with it; nothing when it does.
 */
export async function desktopProblems(unpacked: string): Promise<string[]> {
  const profileDir = mkdtempSync(join(tmpdir(), "dunlin-packaged-"));
  const path = chromiumPath();
  const browser = await chromium.launch({
    args: chromiumFlags,
    ...(path !== undefined && { executablePath: path }),
  });
  try {
    return await problemsOf(await browser.newPage(), unpacked, profileDir);
  } finally {
    await browser.close();
    rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

type Page = Parameters<typeof DesktopApp.open>[0];

async function problemsOf(page: Page, unpacked: string, profileDir: string): Promise<string[]> {
  const program = join(unpacked, "out", "main", "electron.js");
  // Looks for updates a minute after the start; what does it is loaded at once.
  const installed = {
    STAND_IN_PACKAGED: "1",
    STAND_IN_RESOURCES: profileDir,
    APPIMAGE: join(profileDir, "Dunlin.AppImage"),
  };
  const app = await DesktopApp.open(page, profileDir, installed, [], program);
  const problems: string[] = [];
  try {
    await page.getByRole("textbox", { name: "Homeserver" }).waitFor();
  } catch (error) {
    problems.push(`its page does not come: ${String(error)}`);
  }
  const [window, ...others] = app.windows;
  if (window === undefined || others.length > 0) problems.push(`it has ${app.windows.length} windows`);
  if (!app.calls.includes("show")) problems.push("its window is not shown");
  const rights = (window?.["webPreferences"] ?? {}) as { preload?: string; devTools?: boolean };
  const { preload = "", devTools } = rights;
  if (!preload.startsWith(unpacked) || !existsSync(preload)) problems.push(`there is no preload ${preload}`);
  if (devTools !== false) problems.push("its window has developer tools");
  const status = await app.close("SIGTERM");
  if (status !== 0) problems.push(`it ended with status ${status}`);
  if (app.stderr !== "") problems.push(`it said: ${app.stderr}`);
  const log = readFileSync(join(profileDir, "logs", "dunlin.log"), "utf8").split("\n");
  return [...problems, ...log.filter((line) => /"(error|warn)"/.test(line))];
}
