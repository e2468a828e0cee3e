import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../main/launch/root.mjs";

// What the workers of a run asked for, gathered through files: each is a process of its own.

const folder = join(root, "test-results", "calls");

/** Writes down what one worker's calls were: operation and how often. */
export function writeUsed(used: ReadonlyMap<string, number>): void {
  if (used.size === 0) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify([...used]));
}

/** Forgets earlier runs. */
export function forgetUsed(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** The list of the run that ended last, one line an operation; empty where none was used. */
export function describeUsed(): string {
  const used = readUsed();
  if (used.length === 0) return "";
  const lines = used.map(([operation, count]) => `${String(count).padStart(7)}  ${operation}`);
  return `endpoints used, each call valid unless said otherwise: ${used.length}\n${lines.join("\n")}`;
}

/** The operations of all workers, sorted by path, with how often each was asked for. */
function readUsed(): [operation: string, count: number][] {
  const sum = new Map<string, number>();
  for (const name of existing())
    for (const [operation, count] of JSON.parse(readFileSync(join(folder, name), "utf8")) as [
      string,
      number,
    ][])
      sum.set(operation, (sum.get(operation) ?? 0) + count);
  const path = (operation: string): string => operation.slice(operation.indexOf(" "));
  return [...sum].toSorted(([a], [b]) => (path(a) < path(b) ? -1 : 1));
}

function existing(): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
