import { isMet, rowsOf, type Part, type Row } from "./rows.ts";
import type { Measured } from "./run-parts.ts";
import { median } from "./statistics.ts";

/** All runs at one number of rooms. */
export interface SizeResult {
  readonly rooms: number;
  readonly runs: readonly Measured[];
  /** What could not be measured as asked, in sentences. */
  readonly remarks: readonly string[];
}

/** Median and range of one row. */
export interface Summary {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  readonly target: NonNullable<Row["target"]> | null;
  readonly isMet: boolean | null;
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly values: readonly number[];
}

/** The rows of these parts that have a value. */
export function summarise({ rooms, runs }: SizeResult, parts: readonly Part[]): readonly Summary[] {
  return parts.flatMap(rowsOf).flatMap((row) => {
    const values = runs.map((run) => run[row.id]).filter(isNumber);
    if (values.length === 0) return [];
    const middle = median(values);
    const { id, label, unit, target = null } = row;
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return [
      { id, label, unit, target, isMet: isMet(row, middle, rooms), median: middle, least, most, values },
    ];
  });
}

/** The table in Markdown, readable as text. */
export function tableOf(result: SizeResult, parts: readonly Part[]): string {
  const lines = summarise(result, parts).map(({ label, unit, target, isMet: met, ...row }) => [
    label.replace(/^ +/, "· "),
    `${format(row.median)} ${unit}`.trim(),
    row.values.length > 1 ? `${format(row.least)} – ${format(row.most)}` : "",
    target ? ("most" in target ? `≤ ${target.most}` : `≥ ${target.least}`) : "",
    met === null ? "" : met ? "yes" : "NO",
  ]);
  const head = [`${result.rooms} rooms, ${result.runs.length} runs`, "median", "range", "target", "met"];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [line(head), rule, ...lines.map(line), "", ...result.remarks.map((remark) => `${remark}\n`)].join(
    "\n",
  );
}

function format(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-GB").replaceAll(",", " ");
  if (Number.isInteger(value)) return String(value);
  return value < 10 ? value.toFixed(2) : value.toFixed(1);
}

const isNumber = (value: number | undefined): value is number => value !== undefined && !Number.isNaN(value);
