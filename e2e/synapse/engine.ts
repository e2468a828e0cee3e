import { existsSync } from "node:fs";
import { run } from "../../main/launch/child.mjs";

/** Where Synapse lives on Debian as root: a whole sid system of its own, so that nothing on the host changes. */
export const synapseDir = process.env["DUNLIN_SYNAPSE_DIR"] ?? "/var/cache/dunlin/synapse-sid";

/** The image where Docker runs it. */
export const synapseImage = process.env["DUNLIN_SYNAPSE_IMAGE"] ?? "matrixdotorg/synapse:latest";

/** Written last by `install.ts`: an installation without it is a half one. */
export const completeMarker = `${synapseDir}/.dunlin-complete`;

/** How a real Synapse can be had on this machine. */
export type Engine =
  | { kind: "url"; url: string }
  | { kind: "chroot"; dir: string; installed: boolean }
  | { kind: "docker" }
  | { kind: "none"; why: string };

/** Looks, in this order, for `SYNAPSE_URL`, for Debian as root, for a Docker engine that answers. */
export async function findEngine(): Promise<Engine> {
  const url = process.env["SYNAPSE_URL"];
  if (url) return { kind: "url", url: url.replace(/\/+$/, "") };
  if (process.getuid?.() === 0 && existsSync("/etc/debian_version"))
    return { kind: "chroot", dir: synapseDir, installed: existsSync(completeMarker) };
  const docker = await run("docker", ["version", "--format", "{{.Server.Os}}"], { timeout: 10_000 });
  if (docker.code === 0 && docker.stdout.trim() === "linux") return { kind: "docker" };
  return {
    kind: "none",
    why: "a real Synapse needs Debian as root, a Docker engine, or SYNAPSE_URL with open registration",
  };
}
