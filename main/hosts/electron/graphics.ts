import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { App, Dialog } from "electron";
import type { Clock, Log } from "../../core/platform.ts";
import { words } from "./words.ts";

// Graphics by the processor alone, for machines whose graphics driver keeps crashing. The page holds nothing that a new
// process could not draw again, and Chromium starts one by itself: once is nothing to tell anybody.

/** So many losses within the span, and the user is asked. Chromium itself gives up a little later. */
const MAX_LOSSES = 3;
const SPAN_MS = 10 * 60_000;

const markOf = (profileDir: string): string => join(profileDir, "software-graphics");

/** Whether the user has chosen it. */
export const isSoftwareOnly = (profileDir: string): boolean => existsSync(markOf(profileDir));

/** From the next start. */
export function chooseSoftwareOnly(profileDir: string, isSoftware: boolean): void {
  if (isSoftware) writeFileSync(markOf(profileDir), "", { mode: 0o600 });
  else rmSync(markOf(profileDir), { force: true });
}

export interface GraphicsOptions {
  readonly app: Pick<App, "on">;
  readonly clock: Clock;
  readonly log: Log;
  /** Called once per run. */
  readonly onFailing: () => void;
}

/** Notes every process of Chromium that is lost, and tells when it is the graphics again and again. */
export function watchProcesses({ app, clock, log, onFailing }: GraphicsOptions): void {
  let losses: number[] = [];
  let isTold = false;
  app.on("child-process-gone", (_event, { type, reason, exitCode }) => {
    if (reason === "clean-exit") return;
    if (type !== "GPU") return log("error", "child-process-gone", { type, reason, exitCode });
    const now = clock.monotonic();
    losses = [...losses.filter((at) => now - at < SPAN_MS), now];
    log("error", "graphics-process-gone", { reason, exitCode, count: losses.length });
    if (losses.length < MAX_LOSSES || isTold) return;
    isTold = true;
    onFailing();
  });
}

/**
 * Asks in a box of the system, as the page may not be drawn at all. True: start again with the other kind of graphics,
 * which is written down by then.
 */
export async function askAboutGraphics(
  dialog: Pick<Dialog, "showMessageBox">,
  profileDir: string,
  isSoftware: boolean,
): Promise<boolean> {
  const { failing, back, restart, notNow } = words.graphics;
  const { response } = await dialog.showMessageBox({
    type: isSoftware ? "warning" : "question",
    ...(isSoftware ? failing : back),
    buttons: [restart, notNow],
    defaultId: 0,
    cancelId: 1,
  });
  if (response !== 0) return false;
  chooseSoftwareOnly(profileDir, isSoftware);
  return true;
}
