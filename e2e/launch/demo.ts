// `npm run demo`: the app against a small world on our own homeserver, signed in. With --check it drives itself.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { forwardSignals } from "../../main/launch/child.mjs";
import { parseFlags, type Flags } from "../../main/launch/flags.mjs";
import { root } from "../../main/launch/root.mjs";
import { say } from "../../main/launch/say.mjs";
import { checkDemo } from "./demo-check/check.ts";
import { openDemoWorld } from "./demo-world.ts";

const parsed = parseFlags(process.argv.slice(2), "demo");
if ("error" in parsed) refuse(parsed.error);
else process.exit(parsed.flags.check ? await checkDemo() : await runDemo(parsed.flags));

async function runDemo(flags: Flags): Promise<number> {
  const profileDir = demoProfile(flags.profileDir);
  const world = await openDemoWorld();
  const { homeserver, user } = world.signIn;
  say(`the demo's homeserver is ${homeserver}; you are ${user}`);
  const status = await runApp(startArguments(flags, profileDir), JSON.stringify(world.signIn));
  await world.close();
  if (flags.profileDir === undefined) rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 });
  return status;
}

/** A demo's world ends with it, and so does its profile's session: a folder that is kept starts empty each time. */
function demoProfile(given: string | undefined): string {
  if (given === undefined) return mkdtempSync(join(tmpdir(), "dunlin-demo-"));
  const dir = resolve(process.env["INIT_CWD"] ?? process.cwd(), given);
  const marker = ".dunlin-demo";
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const found = readdirSync(dir);
  if (found.length > 0 && !found.includes(marker))
    refuse(`${dir} holds a profile that is not the demo's; give the demo an empty folder`);
  for (const name of found) rmSync(join(dir, name), { recursive: true, force: true });
  writeFileSync(join(dir, marker), "This folder belongs to npm run demo, which empties it at each start.\n");
  return dir;
}

function startArguments(
  { headlessHost, open, port, remoteDebuggingPort }: Flags,
  profileDir: string,
): string[] {
  return [
    "--profile-dir",
    profileDir,
    ...(headlessHost ? ["--headless-host"] : []),
    ...(open ? [] : ["--no-open"]),
    ...(port === undefined ? [] : ["--port", String(port)]),
    ...(remoteDebuggingPort === undefined ? [] : ["--remote-debugging-port", String(remoteDebuggingPort)]),
  ];
}

function runApp(args: string[], signIn: string): Promise<number> {
  const app = spawn(process.execPath, [join(root, "main", "launch", "start.mjs"), ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, DUNLIN_SIGN_IN: signIn },
  });
  forwardSignals(app);
  return new Promise((done) => {
    app.once("error", () => done(1));
    app.once("exit", (code) => done(code ?? 1));
  });
}

function refuse(sentence: string): never {
  say(sentence);
  process.exit(2);
}
