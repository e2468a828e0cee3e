import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { redact } from "./redact.ts";

export type Level = "debug" | "info" | "warn" | "error";
const order: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** A file over this many bytes becomes `dunlin.1.log` and a new one begins: two files, 10 MB, is all we ever keep. */
const MAX_BYTES = 5_000_000;

export interface LogOptions {
  /** Lines below it are not written. */
  readonly level: Level;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Gets lines of level `error` too, for whoever watches the terminal. */
  readonly alsoErrors?: (line: string) => void;
  readonly maxBytes?: number;
}

/**
 * One JSON object per line into `dir`/dunlin.log. Lines are written at once and in order: the last one before a crash is
 * the one that matters (a line costs some microseconds). A log that cannot be written is never a reason to stop:
 * it falls silent.
 */
export class LogWriter {
  readonly #dir: string;
  readonly #options: LogOptions;
  readonly #maxBytes: number;
  #file: number | null = null;
  #size = 0;

  constructor(dir: string, options: LogOptions) {
    this.#dir = dir;
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
    this.#attempt(() => this.#open());
  }

  readonly log = (level: Level, event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    if (order[level] < order[this.#options.level]) return;
    const at = new Date(this.#options.now()).toISOString();
    const line = redact(JSON.stringify({ at, level, event, ...fields }, plain));
    if (level === "error") this.#options.alsoErrors?.(line);
    this.#attempt(() => this.#write(`${line}\n`));
  };

  close(): void {
    const file = this.#file;
    this.#file = null;
    if (file !== null) this.#attempt(() => closeSync(file));
  }

  #open(): void {
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    this.#file = openSync(join(this.#dir, "dunlin.log"), "a", 0o600);
    this.#size = fstatSync(this.#file).size;
  }

  #write(line: string): void {
    if (this.#file !== null && this.#size >= this.#maxBytes) this.#rotate();
    if (this.#file !== null) this.#size += writeSync(this.#file, line);
  }

  #rotate(): void {
    this.close();
    renameSync(join(this.#dir, "dunlin.log"), join(this.#dir, "dunlin.1.log"));
    this.#open();
  }

  #attempt(write: () => void): void {
    try {
      write();
    } catch {
      // A full or read-only disk: the store tells the user; the log has nowhere to tell it.
    }
  }
}

/** Errors as what they are, without their fields (a cause may hold a request); bigints as digits. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  return typeof value === "bigint" ? value.toString() : value;
}
