// The homeserver in a process of its own: what it computes must not hold up the clocks of the bench.
import { fork } from "node:child_process";
import { once } from "node:events";
import { startHomeserver } from "../homeserver/index.ts";
import { buildRichWorld, type RichSize, type RichWorld } from "./rich-world.ts";
import { buildWorld, type BenchWorld, type WorldSize } from "./world.ts";

export interface WorldProcess<W extends BenchWorld> {
  readonly world: W;
  stop(): Promise<void>;
}

/** Starts a process with a world of this size. */
export const startWorld = (size: WorldSize): Promise<WorldProcess<BenchWorld>> => start(size);

/** The same with rooms of an unusual size. */
export const startRichWorld = (size: RichSize): Promise<WorldProcess<RichWorld>> => start(size);

async function start<W extends BenchWorld>(size: WorldSize | RichSize): Promise<WorldProcess<W>> {
  const child = fork(import.meta.filename, [JSON.stringify(size)]);
  const exited = once(child, "exit");
  const kill = (): void => void child.kill("SIGKILL");
  process.on("exit", kill);
  const world = await new Promise<W>((resolve, reject) => {
    child.once("message", (message) => resolve(message as W));
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
  const wanted = JSON.parse(size) as WorldSize | RichSize;
  process.send("crowd" in wanted ? buildRichWorld(hs, wanted) : buildWorld(hs, wanted));
  // Whoever started us has gone: so do we.
  process.on("disconnect", () => process.exit(0));
}
