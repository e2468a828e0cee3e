import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { app, crashReporter, dialog, protocol } from "electron";
import type { Core } from "../../core/api.ts";
import type { Platform } from "../../core/platform.ts";
import { parseFlags } from "../flags.ts";
import { defaultProfileDir, prepareProfileDir } from "../profile-dir.ts";
import { takeSignIn } from "../sign-in-from-environment.ts";
import { startSentence } from "../start-failure.ts";
import { crashesIn } from "./crash-reports.ts";
import { Desktop } from "./desktop.ts";
import { isSoftwareOnly } from "./graphics.ts";
import { rememberedKeyring } from "./keyring-choice.ts";
import { placeIn } from "./links.ts";
import { schemes } from "./protocols.ts";

/** Windows shows notifications and groups windows by it; the same as `appId` of electron-builder.yml. */
const APP_ID = "org.dunlin.Dunlin";

/** `outDir` holds the built `renderer` and `preload`. */
export function runElectron(createCore: (platform: Platform) => Promise<Core>, outDir: string): void {
  const signIn = takeSignIn(process.env);
  const argv = process.argv.slice(1);
  const flags = parseFlags(argv);
  if (typeof flags === "string") return stopWith(2, flags);
  const { platform, env } = process;
  const profileDir = resolve(flags.profileDir ?? defaultProfileDir({ platform, env, home: homedir() }));
  try {
    prepareProfileDir(profileDir);
  } catch (error) {
    return stopWith(1, startSentence(error, profileDir));
  }
  // What Chromium keeps lies in the profile too; its lock makes the profile, not the program, the single instance.
  const userData = join(profileDir, "electron");
  mkdirSync(userData, { recursive: true, mode: 0o700 });
  app.setPath("userData", userData);
  keepCrashesHere(crashesIn(profileDir));
  if (platform === "win32") app.setAppUserModelId(APP_ID);
  if (isSoftwareOnly(profileDir)) app.disableHardwareAcceleration();
  if (flags.remoteDebuggingPort !== undefined)
    app.commandLine.appendSwitch("remote-debugging-port", String(flags.remoteDebuggingPort));
  const keyring = platform === "linux" ? rememberedKeyring(profileDir) : null;
  if (keyring !== null && !app.commandLine.hasSwitch("password-store"))
    app.commandLine.appendSwitch("password-store", keyring);
  protocol.registerSchemesAsPrivileged(schemes);
  if (!app.requestSingleInstanceLock()) return app.quit();
  const { homeserver, isAutostart } = flags;
  const place = placeIn(argv);
  const desktop = new Desktop({
    createCore,
    outDir,
    profileDir,
    homeserver,
    signIn,
    isAutostart,
    place,
    stopWith,
  });
  desktop.start();
}

/** Reports of crashes are written, kept, and never sent by themselves. */
function keepCrashesHere(dir: string): void {
  app.setPath("crashDumps", dir);
  crashReporter.start({ uploadToServer: false, compress: false });
}

function stopWith(status: number, sentence: string): void {
  // On Linux, before the app is ready, the box itself writes to stderr: nobody needs to read it twice.
  if (app.isReady() || process.platform !== "linux") process.stderr.write(`${sentence}\n`);
  dialog.showErrorBox("Dunlin", sentence);
  app.exit(status);
}
