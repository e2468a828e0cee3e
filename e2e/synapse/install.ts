// A real Synapse on Debian as root: debootstrap sid into a cache folder, then apt-get inside it. About one minute.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { run } from "../../main/launch/child.mjs";
import { alone } from "../../main/launch/lock.mjs";
import { say, secondsSince } from "../../main/launch/say.mjs";
import { aptInstall } from "../launch/apt.ts";
import { MINUTES, mirror, step, withProc } from "./chroot.ts";
import { completeMarker, findEngine, synapseDir } from "./engine.ts";

/** Marks a folder as ours to wipe: a wrong DUNLIN_SYNAPSE_DIR must not cost anyone their files. */
const unfinishedMarker = `${synapseDir}/.dunlin-unfinished`;

/**
 * Installs Synapse where this machine can have one; does nothing when it is there.
 * @returns why it could not be had, as one sentence; undefined when it is there
 */
export async function installSynapse(): Promise<string | undefined> {
  const engine = await findEngine();
  if (engine.kind === "none") return engine.why;
  if (engine.kind !== "chroot" || engine.installed) return undefined;
  mkdirSync(dirname(synapseDir), { recursive: true });
  return alone("synapse-install", installChroot, dirname(synapseDir));
}

async function installChroot(): Promise<string | undefined> {
  if (existsSync(completeMarker)) return undefined;
  const start = performance.now();
  say(`installing Synapse into ${synapseDir} (about 700 MB, about one minute)`);
  const refused = (await haveDebootstrap()) ?? (await wipeHalfInstall());
  if (refused !== undefined) return refused;
  mkdirSync(synapseDir, { recursive: true });
  writeFileSync(unfinishedMarker, "");
  const failed = (await bootstrapSystem()) ?? (await withProc(installPackage));
  if (failed !== undefined) return failed;
  writeFileSync(completeMarker, `${await installedVersion()}\n`);
  rmSync(unfinishedMarker);
  say(`Synapse ${readFileSync(completeMarker, "utf8").trim()} is installed (${secondsSince(start)} in all)`);
  return undefined;
}

async function haveDebootstrap(): Promise<string | undefined> {
  return existsSync("/usr/sbin/debootstrap") ? undefined : aptInstall(["debootstrap"]);
}

async function wipeHalfInstall(): Promise<string | undefined> {
  if (!existsSync(synapseDir) || readdirSync(synapseDir).length === 0) return undefined;
  if (!existsSync(unfinishedMarker))
    return `${synapseDir} holds something else; choose another DUNLIN_SYNAPSE_DIR`;
  say("removing an installation that was cut short");
  for (const mount of mountsInside(synapseDir)) await run("umount", ["-l", mount], { timeout: MINUTES });
  if (mountsInside(synapseDir).length > 0)
    return `something is still mounted in ${synapseDir}; unmount it first`;
  rmSync(synapseDir, { recursive: true, force: true });
  return undefined;
}

function mountsInside(dir: string): string[] {
  const points = readFileSync("/proc/mounts", "utf8").split("\n");
  return points.map((line) => line.split(" ")[1] ?? "").filter((point) => point.startsWith(`${dir}/`));
}

function bootstrapSystem(): Promise<string | undefined> {
  const args = ["--variant=minbase", "sid", synapseDir, mirror];
  return step("a minimal Debian sid", "debootstrap", args, 15 * MINUTES);
}

async function installPackage(): Promise<string | undefined> {
  cpSync("/etc/resolv.conf", `${synapseDir}/etc/resolv.conf`, { dereference: true });
  // Debian starts a service when its package is installed, unless this says no.
  writeFileSync(`${synapseDir}/usr/sbin/policy-rc.d`, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  const apt = ["apt-get", "install", "-y", "--no-install-recommends", "matrix-synapse"];
  return step("the package matrix-synapse", "chroot", [synapseDir, ...apt], 15 * MINUTES);
}

async function installedVersion(): Promise<string> {
  const query = ["dpkg-query", "-W", "-f", "${Version}", "matrix-synapse"];
  return (await run("chroot", [synapseDir, ...query], { timeout: MINUTES })).stdout;
}

if (import.meta.main) {
  const why = await installSynapse();
  if (why !== undefined) say(why);
  process.exitCode = why === undefined ? 0 : 1;
}
