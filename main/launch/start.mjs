// `npm start`: build what is stale, then the Electron app, or the headless host with a browser window.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { hasDisplay } from "./browsers.mjs";
import { build } from "./build.mjs";
import { obtainElectron } from "./electron.mjs";
import { parseFlags } from "./flags.mjs";
import { runElectron } from "./electron-app.mjs";
import { runHeadless } from "./headless-app.mjs";
import { defaultProfileDir } from "./profile.mjs";
import { say } from "./say.mjs";

const parsed = parseFlags(process.argv.slice(2), "start");
if ("error" in parsed) {
  say(parsed.error);
  process.exit(2);
}
// A demo's sign-in holds a password: only the host may see it, not the builds and the browser we start.
const { DUNLIN_SIGN_IN: signIn } = process.env;
delete process.env["DUNLIN_SIGN_IN"];
const hostEnv = { ...process.env, ...(signIn === undefined ? {} : { DUNLIN_SIGN_IN: signIn }) };
process.exitCode = await start(parsed.flags);
// A browser's helper processes may still hold our pipes; the app itself has ended.
process.exit();

/**
 * @param {import("./flags.mjs").Flags} flags
 * @returns {Promise<number>} the exit status
 */
async function start(flags) {
  const failure = await build();
  if (failure !== undefined) {
    process.stderr.write(`${failure}\n`);
    say("the app could not be built; the output above says why");
    return 1;
  }
  const profileDir = flags.profileDir
    ? resolve(process.env["INIT_CWD"] ?? process.cwd(), flags.profileDir)
    : defaultProfileDir({ platform: process.platform, env: process.env, home: homedir() });
  const electron = await electronFor(flags);
  if (electron) {
    const ended = await runElectron(electron, { ...flags, profileDir }, hostEnv);
    if (ended !== "unusable") return ended;
    say("Electron does not run on this machine; using a browser window instead");
  }
  return runHeadless({ ...flags, profileDir, open: flags.open && canOpen() }, hostEnv);
}

/** @param {import("./flags.mjs").Flags} flags */
async function electronFor(flags) {
  if (flags.headlessHost || !flags.open || !hasDisplay({ platform: process.platform, env: process.env }))
    return undefined;
  const program = await obtainElectron();
  return program && existsSync(program) ? program : undefined;
}

function canOpen() {
  if (hasDisplay({ platform: process.platform, env: process.env })) return true;
  say("this machine has no display, so no window is opened");
  return false;
}
