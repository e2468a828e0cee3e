import { aborted, failed, retryDelay, type Failure, type Result } from "../failure.ts";
import type { Announced } from "../homeserver/download.ts";
import type { Part } from "../homeserver/byte-range.ts";
import type { Clock, Random } from "../platform.ts";

/** Tries in a row that bring less than this are counted together, bytes. */
const PROGRESS = 1024 ** 2;
const MOST_TRIES = 5;
/** Whoever is to wait longer than this, ms, is told instead. */
const LONGEST_PAUSE = 60_000;

export interface Resuming {
  readonly clock: Pick<Clock, "after">;
  readonly random: Pick<Random, "fraction">;
  readonly signal: AbortSignal;
}

/** What one attempt is given: where it begins, and whom it tells how far it has come. */
export interface Attempt {
  readonly from: Part | undefined;
  readonly begin: (file: Announced) => void;
  readonly grew: (bytes: number) => void;
}

/**
 * Brings a file over a connection that breaks: goes on where it broke off, where the server can do that, and from the
 * beginning where what it then says does not fit. What cannot be gone on with fails as it did; whoever asked decides.
 */
export async function resuming<T>(
  { clock, random, signal }: Resuming,
  attempt: (one: Attempt) => Promise<Result<T>>,
): Promise<Result<T>> {
  const here = new Here();
  let isAnew = false;
  let tries = 0;
  /** How far it had come when the tries were last counted from none: progress made twice is none. */
  let furthest = 0;
  for (;;) {
    const from = isAnew ? undefined : here.part;
    const result = await attempt({
      from,
      begin(file) {
        here.begin(file);
        isAnew = false;
      },
      grew: (bytes) => here.grew(bytes),
    });
    if (result.ok) return result;
    if (from !== undefined && isOdd(result.failure)) isAnew = true;
    else if (!isBroken(result.failure) || here.part === undefined) return result;
    if (here.offset - furthest >= PROGRESS) {
      tries = 0;
      furthest = here.offset;
    }
    tries += 1;
    const pause = retryDelay(result.failure, tries, random.fraction()) ?? 0;
    if (tries > MOST_TRIES || pause > LONGEST_PAUSE) return result;
    if (!(await rest(clock, pause, signal))) return failed(aborted);
  }
}

/** As much of a file as is here. */
class Here {
  offset = 0;
  #file: Announced | null = null;

  begin(file: Announced): void {
    this.#file = file;
    this.offset = 0;
  }

  grew(bytes: number): void {
    this.offset += bytes;
  }

  /** What can be gone on with, if anything. */
  get part(): Part | undefined {
    const { offset } = this;
    if (this.#file === null || this.#file.validator === null || offset === 0) return undefined;
    const { validator, length } = this.#file;
    return { offset, validator, length };
  }
}

/** The connection, not the file. */
const isBroken = ({ kind }: Failure): boolean =>
  ["unavailable", "timeout", "offline", "limited"].includes(kind);

/** No answer to a question about the rest of a file: the whole one is asked for. */
const isOdd = ({ kind, errcode }: Failure): boolean =>
  kind === "malformed" || (kind === "rejected" && errcode !== "M_TOO_LARGE");

/** False when it is not wanted any more. */
function rest(clock: Pick<Clock, "after">, ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const stop = (): void => {
      cancel();
      resolve(false);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener("abort", stop);
      resolve(true);
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}
