// A real Synapse of one's own: a fresh database, a free port on 127.0.0.1, gone after `stop()`.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import type { Certificate } from "./certificate.ts";
import { federationConfig, logConfig, synapseConfig, type Place } from "./config.ts";
import { findEngine, type Engine } from "./engine.ts";
import { installSynapse } from "./install.ts";
import { runnerFor, type Runner } from "./process.ts";
import { register, type SynapseUser } from "./register.ts";

/** A running Synapse. */
export interface Synapse {
  baseUrl: string;
  serverName: string;
  /** Its process (the docker client's under Docker); undefined for a `SYNAPSE_URL`, which we cannot stop. */
  readonly pid: number | undefined;
  registerUser(localpart: string, password: string, displayName?: string): Promise<SynapseUser>;
  /** Ends it cleanly and removes its data. */
  stop(): Promise<void>;
  /** Starts it again on the same port and data, after a clean end or after `kill()`. */
  restart(): Promise<void>;
  /** SIGKILL: as a crash or a power cut. The data stays; `restart()` brings it back. */
  kill(): Promise<void>;
}

export interface SynapseOptions {
  serverName?: string;
  /** It speaks with other servers of this machine as `localhost:PORT`, with this certificate. */
  federation?: Certificate;
  /** Laid over our homeserver.yaml, top-level keys. */
  config?: Record<string, unknown>;
}

/** How long a start may take on a busy two-core machine, in milliseconds. */
const START_LIMIT = 120_000;

/** Starts a Synapse (installing it first where that is possible). Throws one clear sentence where it is not. */
export async function startSynapse(options: SynapseOptions = {}): Promise<Synapse> {
  const why = await installSynapse();
  if (why !== undefined) throw new Error(why);
  const engine = await findEngine();
  if (engine.kind === "none") throw new Error(engine.why);
  return engine.kind === "url" ? elsewhere(engine.url) : ownSynapse(engine, options);
}

async function ownSynapse(
  engine: Extract<Engine, { kind: "chroot" | "docker" }>,
  { serverName: wanted = "synapse.test", federation, config = {} }: SynapseOptions,
): Promise<Synapse> {
  const isShared = federation !== undefined;
  const runner = runnerFor(engine, isShared);
  const port = await freePort();
  const serversPort = isShared ? await freePort() : 0;
  const serverName = isShared ? `localhost:${serversPort}` : wanted;
  const baseUrl = `http://127.0.0.1:${port}`;
  const place = { serverName, port, dir: runner.dirInside, bind: runner.bind, baseUrl };
  const servers = federation === undefined ? {} : writeCertificate(runner, place, federation, serversPort);
  writeRun(runner, { ...synapseConfig(place), ...servers, ...config });
  let child = await launch(runner, port, baseUrl);
  const killNow = () => runner.kill(child);
  process.on("exit", killNow);
  return {
    baseUrl,
    serverName,
    get pid() {
      return child.pid;
    },
    registerUser: (localpart, password, displayName) => register(baseUrl, localpart, password, displayName),
    async stop() {
      await endCleanly(runner, child);
      process.off("exit", killNow);
      rmSync(runner.dir, { recursive: true, force: true });
    },
    async restart() {
      await endCleanly(runner, child);
      child = await launch(runner, port, baseUrl);
    },
    async kill() {
      if (hasEnded(child)) return;
      const ended = once(child, "exit");
      runner.kill(child);
      await ended;
    },
  };
}

/** @returns the keys of homeserver.yaml that go with it */
function writeCertificate(
  { dir, dirInside }: Runner,
  place: Place,
  { certificate, key }: Certificate,
  port: number,
): Record<string, unknown> {
  writeFileSync(`${dir}/tls.crt`, certificate);
  writeFileSync(`${dir}/tls.key`, key);
  const files = { certificate: `${dirInside}/tls.crt`, key: `${dirInside}/tls.key` };
  return federationConfig(synapseConfig(place), { port, ...files });
}

function writeRun({ dir, dirInside }: Runner, config: Record<string, unknown>): void {
  writeFileSync(`${dir}/homeserver.yaml`, JSON.stringify(config, null, 2));
  writeFileSync(`${dir}/log.yaml`, JSON.stringify(logConfig(dirInside)));
  mkdirSync(`${dir}/media`, { recursive: true });
  // The journal mode is a property of the file; Synapse itself keeps SQLite's slow default.
  const database = new DatabaseSync(`${dir}/homeserver.db`);
  database.exec("PRAGMA journal_mode = WAL");
  database.close();
}

async function launch(runner: Runner, port: number, baseUrl: string): Promise<ChildProcess> {
  const child = runner.spawn(port);
  let complaint = "";
  child.stderr
    ?.setEncoding("utf8")
    .on("data", (text: string) => (complaint = (complaint + text).slice(-4000)));
  const deadline = performance.now() + START_LIMIT;
  while (performance.now() < deadline && !hasEnded(child)) {
    if (await isHealthy(baseUrl)) return child;
    await delay(50);
  }
  if (!hasEnded(child)) runner.kill(child);
  throw new Error(`Synapse did not start:\n${complaint}\n${logTail(runner.dir)}`);
}

async function isHealthy(baseUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${baseUrl}/health`, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false; // not listening yet
  }
}

function logTail(dir: string): string {
  const file = `${dir}/synapse.log`;
  return existsSync(file) ? readFileSync(file, "utf8").slice(-4000) : "";
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function endCleanly(runner: Runner, child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const late = setTimeout(() => runner.kill(child), 20_000);
  await ended;
  clearTimeout(late);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return address.port;
}

/** Someone else's Synapse, named by SYNAPSE_URL: it can be used, not stopped. */
async function elsewhere(url: string): Promise<Synapse> {
  const refuse = () =>
    Promise.reject(new Error("the Synapse of SYNAPSE_URL cannot be stopped or restarted from here"));
  const { userId } = await register(url, `probe-${Date.now().toString(36)}`, "a probe of the server name");
  return {
    baseUrl: url,
    serverName: userId.slice(userId.indexOf(":") + 1),
    pid: undefined,
    registerUser: (localpart, password, displayName) => register(url, localpart, password, displayName),
    stop: () => Promise.resolve(),
    restart: refuse,
    kill: refuse,
  };
}
