import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synapseImage, type Engine } from "./engine.ts";

/** A folder for one run, and how to start Synapse on it; the same for a chroot and for Docker. */
export interface Runner {
  /** The run's folder as we see it. */
  dir: string;
  /** The same folder as Synapse sees it. */
  dirInside: string;
  bind: string;
  spawn(port: number): ChildProcess;
  /** Ends it at once, nothing flushed. */
  kill(child: ChildProcess): void;
}

/** Makes a run's folder in the given engine. `isShared`: on the machine's own loopback, where other servers find it. */
export function runnerFor(engine: Extract<Engine, { kind: "chroot" | "docker" }>, isShared: boolean): Runner {
  return engine.kind === "chroot" ? inChroot(engine.dir) : inDocker(isShared);
}

function inChroot(root: string): Runner {
  const home = `${root}/srv/dunlin`;
  mkdirSync(home, { recursive: true });
  removeOrphans(home);
  const dir = mkdtempSync(`${home}/run-${process.pid}-`);
  const dirInside = dir.slice(root.length);
  return {
    dir,
    dirInside,
    bind: "127.0.0.1",
    // chroot becomes python by exec: the child's pid is Synapse's own.
    spawn: () =>
      spawn("/usr/sbin/chroot", [root, ...command(dirInside)], {
        stdio: ["ignore", "ignore", "pipe"],
        env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8", PYTHONDONTWRITEBYTECODE: "1" },
      }),
    kill: (child) => void child.kill("SIGKILL"),
  };
}

function inDocker(isShared: boolean): Runner {
  const dir = mkdtempSync(join(tmpdir(), "dunlin-synapse-"));
  chmodSync(dir, 0o777);
  const name = `dunlin-synapse-${randomBytes(6).toString("hex")}`;
  const user = process.getuid && process.getgid ? ["--user", `${process.getuid()}:${process.getgid()}`] : [];
  const [python = "", ...rest] = command("/data");
  return {
    dir,
    dirInside: "/data",
    bind: isShared ? "127.0.0.1" : "0.0.0.0",
    spawn: (port) => {
      const network = isShared ? ["--network", "host"] : ["-p", `127.0.0.1:${port}:${port}`];
      const published = [...network, "-v", `${dir}:/data`];
      const args = [
        "run",
        "--rm",
        "--name",
        name,
        ...user,
        ...published,
        "--entrypoint",
        python,
        synapseImage,
        ...rest,
      ];
      return spawn("docker", args, { stdio: ["ignore", "ignore", "pipe"] });
    },
    // The docker client passes SIGTERM on to the container, but SIGKILL would end only the client.
    kill: () => void spawnSync("docker", ["kill", name], { stdio: "ignore", timeout: 30_000 }),
  };
}

function command(dir: string): string[] {
  return ["python3", "-m", "synapse.app.homeserver", "-c", `${dir}/homeserver.yaml`];
}

/** Folders of runs whose process was killed before it could clean up. */
function removeOrphans(home: string): void {
  for (const name of readdirSync(home)) {
    const pid = /^run-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      rmSync(`${home}/${name}`, { recursive: true, force: true });
  }
}
