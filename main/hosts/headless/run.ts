import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Core, StageRequest } from "../../core/api.ts";
import type { Platform } from "../../core/platform.ts";
import { redact } from "../../lib/redact.ts";
import { noDesktopHost, withHost } from "../face.ts";
import { fileSecrets } from "../file-secrets.ts";
import { parseFlags, type Flags } from "../flags.ts";
import { readLicences } from "../licences.ts";
import { measureSyncs } from "../measure.ts";
import { nodePlatform, openLog } from "../node-platform.ts";
import { defaultProfileDir, prepareProfileDir } from "../profile-dir.ts";
import { signInOnce, takeSignIn } from "../sign-in-from-environment.ts";
import { startSentence } from "../start-failure.ts";
import { downloads } from "./downloads.ts";
import { listen, type Listening } from "./listen.ts";
import { openExternal } from "./open-external.ts";

/**
 * The headless host from start to end: owns the process. stdout carries the one `ready …` line and nothing else;
 * sentences for people go to stderr.
 */
export async function runHeadless(
  createCore: (platform: Platform) => Promise<Core>,
  rendererDir: string,
): Promise<void> {
  const signIn = takeSignIn(process.env);
  const flags = parseFlags(process.argv.slice(2));
  if (typeof flags === "string") return exitWith(2, flags);
  if (flags.unknown.length > 0) return exitWith(2, `Unknown flag ${flags.unknown[0]}.`);
  const profileDir = profileDirOf(flags);
  try {
    prepareProfileDir(profileDir);
  } catch (error) {
    return exitWith(1, startSentence(error, profileDir));
  }
  const log = openLog(profileDir);
  const platform = nodePlatform(profileDir, log, {
    secrets: fileSecrets(profileDir, "file"),
    openExternal,
    folders: downloads(process.env, homedir()),
    saveFile: null,
  });
  const ending = new Ending(log);
  ending.listenToSignals();

  let core: Core;
  try {
    core = await createCore(platform);
  } catch (error) {
    platform.log("error", "start-failed", { error });
    return exitWith(1, startSentence(error, profileDir));
  }
  ending.closeFirst(() => core.close());
  if (process.env["DUNLIN_MEASURE"] === "1") measureSyncs(core, say);
  let server: Listening;
  try {
    const { homeserver, port = 0 } = flags;
    const face = {
      ...withHost(
        core,
        noDesktopHost(() => readLicences(join(rendererDir, ".."))),
      ),
      media: (path: string) => core.media(path),
      stage: (request: StageRequest) => core.stage(request),
    };
    server = await listen({ ...platform, core: face, port, rendererDir, homeserver });
  } catch (error) {
    await core.close();
    return exitWith(1, listenSentence(error, flags.port));
  }
  ending.closeFirst(() => server.close());
  const sentence = await signInOnce(core, signIn);
  if (sentence !== null) say(sentence);
  process.stdout.write(`ready ${server.address}\n`);
}

function profileDirOf({ profileDir }: Flags): string {
  const { platform, env } = process;
  return resolve(profileDir ?? defaultProfileDir({ platform, env, home: homedir() }));
}

function listenSentence(error: unknown, port: number | undefined): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "EADDRINUSE") return `Port ${port} is in use by another program; choose another --port.`;
  if (code === "EACCES") return `Port ${port} may not be opened by this user; choose another --port.`;
  return `Dunlin could not listen on 127.0.0.1 (${String(code)}).`;
}

function say(sentence: string): void {
  process.stderr.write(`${redact(sentence)}\n`);
}

function exitWith(status: number, sentence: string): never {
  say(sentence);
  process.exit(status);
}

/** How the process ends: what was opened is closed in reverse, once; then exit 0, or 1 after a fault of ours. */
class Ending {
  readonly #log: ReturnType<typeof openLog>;
  readonly #closers: (() => Promise<void>)[] = [];
  #hasBegun = false;

  constructor(log: ReturnType<typeof openLog>) {
    this.#log = log;
  }

  closeFirst(close: () => Promise<void>): void {
    if (this.#hasBegun)
      void close(); // the signal came while it was being opened
    else this.#closers.unshift(close);
  }

  listenToSignals(): void {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
      process.on(signal, () => void this.#end(0));
    process.on("uncaughtException", (error) => {
      this.#log.log("error", "uncaught-error", { error });
      void this.#end(1);
    });
    // A forgotten promise has broken nothing that others hold; the log tells us about it.
    process.on("unhandledRejection", (error) => this.#log.log("error", "unhandled-rejection", { error }));
  }

  async #end(status: number): Promise<void> {
    if (this.#hasBegun) return process.exit(status); // asked twice: now, at once; what was acknowledged is on disk
    this.#hasBegun = true;
    for (const close of this.#closers) {
      await close().catch((error: unknown) => this.#log.log("error", "close-failed", { error }));
    }
    this.#log.close();
    process.exit(status);
  }
}
