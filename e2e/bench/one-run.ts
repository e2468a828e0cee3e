// One run in a process tree of its own: nothing of the run before is warm, and nothing of it is left.
import { fork } from "node:child_process";
import { once } from "node:events";
import { callSetup } from "./call-setup.ts";
import { otherClient, type SharedRooms } from "./other-client.ts";
import { runParts, type Measured } from "./run-parts.ts";
import { runRichParts } from "./rich-parts.ts";
import type { RichWorld } from "./rich-world.ts";
import type { Part } from "./rows.ts";
import { search } from "./search.ts";
import type { SearchStore } from "./search-store.ts";
import type { BenchWorld } from "./world.ts";

/** What the process of a run is told. */
export type Order =
  | { readonly kind: "world"; readonly world: BenchWorld; readonly only: readonly Part[] }
  | { readonly kind: "rich"; readonly world: RichWorld; readonly only: readonly Part[] }
  | { readonly kind: "search"; readonly store: SearchStore }
  | { readonly kind: "shared"; readonly shared: SharedRooms }
  | { readonly kind: "call" };

/** Runs an order in a new process. Throws with what it said when it fails. */
export async function oneRun(order: Order): Promise<Measured> {
  const child = fork(import.meta.filename, ["run"], { stdio: ["ignore", "inherit", "pipe", "ipc"] });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
  let measured: Measured | undefined;
  child.once("message", (message) => (measured = message as Measured));
  child.send(order);
  // Not SIGKILL: it has an app and a browser to take with it.
  const kill = (): void => void child.kill("SIGTERM");
  process.on("exit", kill);
  const [code] = (await once(child, "exit")) as [number | null];
  process.off("exit", kill);
  if (measured === undefined) throw new Error(`a run ended with status ${code}:\n${said}`);
  return measured;
}

function perform(order: Order): Promise<Measured> {
  switch (order.kind) {
    case "world":
      return runParts(order.world, new Set(order.only));
    case "rich":
      return runRichParts(order.world, new Set(order.only));
    case "search":
      return search(order.store);
    case "shared":
      return otherClient(order.shared);
    case "call":
      return callSetup();
  }
}

if (process.argv[1] === import.meta.filename && process.argv[2] === "run") {
  process.on("SIGTERM", () => process.exit(1));
  process.on("disconnect", () => process.exit(1));
  const [order] = (await once(process, "message")) as [Order];
  const measured = await perform(order);
  process.send?.(measured, () => process.exit(0));
}
