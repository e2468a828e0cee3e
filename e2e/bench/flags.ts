import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { parts, type Part } from "./rows.ts";

export interface BenchFlags {
  readonly rooms: readonly number[];
  readonly runs: number;
  readonly only: readonly Part[];
  readonly json: string | null;
  /** Messages of the long room. */
  readonly history: number;
}

/** Reads the command line; a sentence when it cannot be understood. */
export function parseFlags(args: readonly string[]): BenchFlags | string {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        rooms: { type: "string", default: "100,500,5000" },
        runs: { type: "string", default: "5" },
        only: { type: "string" },
        json: { type: "string" },
        history: { type: "string", default: "20000" },
      },
    }));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const rooms = values.rooms.split(",").map(Number);
  if (!rooms.every(isCount)) return `--rooms takes numbers with commas, not ${values.rooms}`;
  const [runs, history] = [Number(values.runs), Number(values.history)];
  if (!isCount(runs)) return `--runs takes a number, not ${values.runs}`;
  if (!isCount(history)) return `--history takes a number, not ${values.history}`;
  const only = values.only?.split(",") ?? [...parts];
  const unknown = only.find((name) => !parts.includes(name as Part));
  if (unknown !== undefined) return `--only knows ${parts.join(", ")}; not ${unknown}`;
  const json = values.json === undefined ? null : resolve(process.env["INIT_CWD"] ?? ".", values.json);
  return { rooms, runs, history, only: only as Part[], json };
}

const isCount = (value: number): boolean => Number.isInteger(value) && value > 0;
