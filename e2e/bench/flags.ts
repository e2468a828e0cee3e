import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { parts, type Part } from "./rows.ts";

export interface BenchFlags {
  readonly rooms: readonly number[];
  readonly runs: number;
  readonly only: readonly Part[];
  readonly json: string | null;
  /** Messages of the long rooms. */
  readonly history: number;
  /** Messages that are searched. */
  readonly messages: number;
  /** Members of the crowd. */
  readonly crowd: number;
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
        messages: { type: "string", default: "1000000" },
        crowd: { type: "string", default: "50000" },
      },
    }));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const rooms = values.rooms.split(",").map(Number);
  if (!rooms.every(isCount)) return `--rooms takes numbers with commas, not ${values.rooms}`;
  const counts = { runs: 0, history: 0, messages: 0, crowd: 0 };
  for (const name of Object.keys(counts) as (keyof typeof counts)[]) {
    counts[name] = Number(values[name]);
    if (!isCount(counts[name])) return `--${name} takes a number, not ${values[name]}`;
  }
  const only = values.only?.split(",") ?? [...parts];
  const unknown = only.find((name) => !parts.includes(name as Part));
  if (unknown !== undefined) return `--only knows ${parts.join(", ")}; not ${unknown}`;
  const json = values.json === undefined ? null : resolve(process.env["INIT_CWD"] ?? ".", values.json);
  return { rooms, ...counts, only: only as Part[], json };
}

const isCount = (value: number): boolean => Number.isInteger(value) && value > 0;
