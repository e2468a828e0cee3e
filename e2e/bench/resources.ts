import { readdirSync, readFileSync } from "node:fs";

// What a tree of processes costs, from /proc. Elsewhere than on Linux there is no such number, and none is made up.

/** Clock ticks of /proc/PID/stat in a second; 100 on every Linux there is. */
const TICKS = 100;

export interface TreeUse {
  /** Seconds of processor time since the processes began, with the children they have waited for. */
  readonly cpuSeconds: number;
  /** Proportional set size: shared pages count as the part they share. MiB. */
  readonly pssMiB: number;
}

/** The use of these processes and all below them; null where /proc is not. */
export function treeUse(roots: readonly number[]): TreeUse | null {
  if (process.platform !== "linux") return null;
  let ticks = 0;
  let pssKiB = 0;
  for (const pid of treeOf(roots)) {
    ticks += ticksOf(pid);
    pssKiB += pssOf(pid);
  }
  return { cpuSeconds: ticks / TICKS, pssMiB: pssKiB / 1024 };
}

function treeOf(roots: readonly number[]): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(fieldsOf(Number(name))[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree: number[] = [];
  for (let level = [...roots]; level.length > 0; level = level.flatMap((pid) => children.get(pid) ?? [])) {
    tree.push(...level);
  }
  return tree;
}

/** Fields of /proc/PID/stat from the third on: state, ppid, … (proc(5)); none for a process that has ended. */
function fieldsOf(pid: number): readonly string[] {
  const text = read(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses and may hold anything.
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function ticksOf(pid: number): number {
  // utime, stime, cutime, cstime
  return fieldsOf(pid)
    .slice(11, 15)
    .reduce((sum, field) => sum + (Number(field) || 0), 0);
}

function pssOf(pid: number): number {
  return Number(/^Pss: +(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it ended meanwhile
  }
}
