// A TURN server of one's own: coturn on 127.0.0.1, speaking the shared secret that Synapse makes credentials from.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { run } from "../../main/launch/child.mjs";
import { alone } from "../../main/launch/lock.mjs";
import { MINUTES, step, withProc } from "./chroot.ts";
import { findEngine, synapseDir } from "./engine.ts";
import { installSynapse } from "./install.ts";

/** A running TURN server. */
export interface Coturn {
  /** What Synapse is told of it: keys of homeserver.yaml. `secret`: another than coturn's own makes it refuse. */
  synapseConfig(secret?: string): Record<string, unknown>;
  stop(): Promise<void>;
}

type Place =
  | { readonly kind: "host"; readonly program: string }
  | { readonly kind: "chroot" }
  | { readonly kind: "docker" }
  | { readonly kind: "none"; readonly why: string };

const START_LIMIT = 30_000;

/** Where coturn is or can be: on the machine already, else beside Synapse. */
async function findPlace(): Promise<Place> {
  const program = ["/usr/bin/turnserver", "/usr/local/bin/turnserver", "/opt/homebrew/bin/turnserver"].find(
    existsSync,
  );
  if (program !== undefined && process.env["DUNLIN_COTURN"] !== "beside-synapse")
    return { kind: "host", program };
  const engine = await findEngine();
  if (engine.kind === "chroot" || engine.kind === "docker") return { kind: engine.kind };
  return {
    kind: "none",
    why: "a TURN server needs coturn on this machine, Debian as root, or a Docker engine",
  };
}

/**
 * Installs coturn beside Synapse where the machine has none; does nothing when it is there.
 * @returns why it could not be had, as one sentence; undefined when it is there
 */
export async function installCoturn(): Promise<string | undefined> {
  const place = await findPlace();
  if (place.kind === "none") return place.why;
  const isThere = (): boolean => existsSync(`${synapseDir}/usr/bin/turnserver`);
  if (place.kind !== "chroot" || isThere()) return undefined;
  const missing = await installSynapse();
  if (missing !== undefined) return missing;
  return alone(
    "synapse-install",
    () => (isThere() ? Promise.resolve(undefined) : withProc(installPackage)),
    dirname(synapseDir),
  );
}

async function installPackage(): Promise<string | undefined> {
  const install = ["apt-get", "install", "-y", "--no-install-recommends", "coturn"];
  const again = (): Promise<string | undefined> =>
    step("the package coturn", "chroot", [synapseDir, ...install], 10 * MINUTES);
  if ((await again()) === undefined) return undefined;
  // Package lists older than the mirror's.
  await run("chroot", [synapseDir, "apt-get", "update"], { timeout: 5 * MINUTES });
  return again();
}

/** Starts coturn (installing it first where that is possible). Throws one clear sentence where it is not. */
export async function startCoturn(): Promise<Coturn> {
  const why = await installCoturn();
  if (why !== undefined) throw new Error(why);
  const place = await findPlace();
  const secret = randomBytes(16).toString("hex");
  const port = await freePort();
  const { child, kill } = start(place, settings(port, secret));
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-4000)));
  process.on("exit", kill);
  if (!(await answersAt(port, child))) {
    kill();
    throw new Error(`coturn did not start:\n${said}`);
  }
  return {
    synapseConfig: (other = secret) => ({
      turn_uris: [`turn:127.0.0.1:${port}?transport=udp`],
      turn_shared_secret: other,
      turn_user_lifetime: "1h",
      turn_allow_guests: false,
    }),
    async stop() {
      process.off("exit", kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      kill();
      await ended;
    },
  };
}

/** Only 127.0.0.1, only UDP, nothing written anywhere. */
function settings(port: number, secret: string): string[] {
  return [
    "-n",
    "--listening-ip=127.0.0.1",
    "--relay-ip=127.0.0.1",
    `--listening-port=${port}`,
    "--use-auth-secret",
    `--static-auth-secret=${secret}`,
    "--realm=dunlin.test",
    "--fingerprint",
    "--allow-loopback-peers",
    "--no-tls",
    // Up to 4.6 it insists on a console of its own; a password nobody knows shuts it.
    `--cli-password=${randomBytes(16).toString("hex")}`,
    "--log-file=stdout",
    "--pidfile=/dev/null",
  ];
}

function start(place: Place, args: readonly string[]): { child: ChildProcess; kill: () => void } {
  const [program = "", ...rest] = commandOf(place);
  const child = spawn(program, [...rest, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const name = rest[rest.indexOf("--name") + 1] ?? "";
  const kill =
    place.kind === "docker"
      ? () => void spawnSync("docker", ["kill", name], { stdio: "ignore", timeout: 30_000 })
      : () => void child.kill("SIGKILL");
  return { child, kill };
}

function commandOf(place: Place): string[] {
  switch (place.kind) {
    case "host":
      return [place.program];
    case "chroot":
      return ["/usr/sbin/chroot", synapseDir, "/usr/bin/turnserver"];
    case "docker": {
      const name = `dunlin-coturn-${randomBytes(6).toString("hex")}`;
      const image = process.env["DUNLIN_COTURN_IMAGE"] ?? "coturn/coturn:latest";
      return [
        "docker",
        "run",
        "--rm",
        "--name",
        name,
        "--network",
        "host",
        "--entrypoint",
        "turnserver",
        image,
      ];
    }
    case "none":
      throw new Error(place.why);
  }
}

/** Whether it answers a STUN binding request before it dies or time is up. */
async function answersAt(port: number, child: ChildProcess): Promise<boolean> {
  const deadline = performance.now() + START_LIMIT;
  const socket = createSocket("udp4");
  let isUp = false;
  socket.on("message", () => (isUp = true));
  socket.on("error", () => undefined); // nobody listens there yet
  const binding = Buffer.concat([Buffer.from("000100002112a442", "hex"), randomBytes(12)]);
  while (!isUp && performance.now() < deadline && child.exitCode === null) {
    socket.send(binding, port, "127.0.0.1");
    await delay(50);
  }
  socket.close();
  return isUp;
}

async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}

if (import.meta.main) {
  const why = await installCoturn();
  if (why !== undefined) process.stderr.write(`${why}\n`);
  process.exitCode = why === undefined ? 0 : 1;
}
