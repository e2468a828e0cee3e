import { existsSync } from "node:fs";
import { run } from "../../main/launch/child.mjs";
import { say, secondsSince } from "../../main/launch/say.mjs";

/** Whether packages can be installed here: Debian or one of its children, as root. */
export function canApt(): boolean {
  return process.getuid?.() === 0 && existsSync("/usr/bin/apt-get") && existsSync("/etc/debian_version");
}

/**
 * Installs Debian packages; waits for another apt that is running.
 * @returns why it failed, as one sentence; undefined when they are there
 */
export async function aptInstall(packages: readonly string[]): Promise<string | undefined> {
  const start = performance.now();
  const names = packages.join(", ");
  say(`installing ${names} with apt-get`);
  const install = ["install", "-y", "--no-install-recommends", ...packages];
  let result = await aptGet(install);
  if (result.code !== 0) {
    // Package lists older than the mirror's, or none at all as in a fresh container.
    await aptGet(["update"]);
    result = await aptGet(install);
  }
  if (result.code === 0) {
    say(`installed ${names} (${secondsSince(start)})`);
    return undefined;
  }
  process.stderr.write(`${result.output.split("\n").slice(-20).join("\n")}\n`);
  return `${names} could not be installed with apt-get`;
}

function aptGet(args: string[]) {
  return run("apt-get", ["-o", "DPkg::Lock::Timeout=600", ...args], {
    timeout: 20 * 60_000,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
  });
}

/** The proxy apt was told to use, as the environment that debootstrap and wget read. */
export async function aptProxy(): Promise<{ http_proxy?: string }> {
  if (process.env["http_proxy"]) return {};
  const { stdout } = await run("apt-config", ["shell", "PROXY", "Acquire::http::Proxy"], { timeout: 30_000 });
  const proxy = /^PROXY='(.+)'$/m.exec(stdout)?.[1];
  return proxy === undefined || proxy === "DIRECT" ? {} : { http_proxy: proxy };
}
