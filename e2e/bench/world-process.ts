// The homeserver in a process of its own: what it computes must not hold up the clocks of the bench.
import { fork } from "node:child_process";
import { once } from "node:events";
import { startHomeserver } from "../homeserver/index.ts";
import { buildWorld, type BenchWorld, type WorldSize } from "./world.ts";

export interface WorldProcess {
  readonly world: BenchWorld;
  stop(): Promise<void>;
}

/** Starts a process with a world of this size. */
export async function startWorld(size: WorldSize): Promise<WorldProcess> {
  const child = fork(import.meta.filename, [JSON.stringify(size)]);
  const exited = once(child, "exit");
  const kill = (): void => void child.kill("SIGKILL");
  process.on("exit", kill);
  const world = await new Promise<BenchWorld>((resolve, reject) => {
    child.once("message", (message) => resolve(message as BenchWorld));
    child.once("exit", (code) => reject(new Error(`the homeserver ended with status ${code}`)));
  });
  return {
    world,
    async stop() {
      kill();
      await exited;
      process.off("exit", kill);
    },
  };
}

const size = process.argv[2];
if (process.argv[1] === import.meta.filename && size !== undefined && process.send !== undefined) {
  const hs = await startHomeserver();
  process.send(buildWorld(hs, JSON.parse(size) as WorldSize));
  // Whoever started us has gone: so do we.
  process.on("disconnect", () => process.exit(0));
}
