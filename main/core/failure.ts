import type { Failure, StorageProblem } from "../../preload/contract/models/failure.ts";

export type { Failure, StorageProblem };

/**
 * A Failure on its way up through code that cannot return it. Only thrown by the store and caught where work ends
 * (a request handler, a loop); functions that can fail in the ordinary course return `Result`.
 */
export class FailureError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = "FailureError";
    this.failure = failure;
  }
}

/** Either a value or why there is none. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const failed = (failure: Failure): { readonly ok: false; readonly failure: Failure } => ({
  ok: false,
  failure,
});

/** The value, or the failure thrown, for the host to answer with. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new FailureError(result.failure);
  return result.value;
}

export const invalid = (message: string): Failure => ({ kind: "invalid", message });
export const aborted: Failure = { kind: "aborted", message: "aborted" };

/** Anything caught, as a Failure. SQLite's codes become `storage`; what nobody foresaw is a `bug`. */
export function toFailure(error: unknown): Failure {
  if (error instanceof FailureError) return error.failure;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : String(error);
  const problem = storageProblem(code, message);
  return problem === null ? { kind: "bug", message } : { kind: "storage", message, problem };
}

/** What a SQLite or file-system error code says about the disk, or null when it is about something else. */
function storageProblem(code: string, message: string): StorageProblem | null {
  if (code === "SQLITE_FULL" || code === "ENOSPC" || code === "EDQUOT") return "full";
  if (code.startsWith("SQLITE_READONLY") || code === "EROFS" || code === "EACCES" || code === "EPERM")
    return "readonly";
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB") return "damaged";
  if (code.startsWith("SQLITE_IOERR")) return message.includes("full") ? "full" : "other";
  if (code.startsWith("SQLITE_CANTOPEN") || code.startsWith("SQLITE_BUSY")) return "other";
  return null;
}

/** Throws what something was refused with. */
export async function unlessRefused(tried: Promise<Failure | null>): Promise<void> {
  const refusal = await tried;
  if (refusal !== null) throw new FailureError(refusal);
}

/**
 * Milliseconds to wait before the next attempt after `failure`, or null when trying again makes no sense.
 * Doubling from 1 s, capped, with up to 25 % of jitter taken off so that clients do not come back together.
 * The server's own word stands over ours (ERR-07). Pure: `fraction` is 0 ≤ x < 1.
 */
export function retryDelay(failure: Failure, attempt: number, fraction: number): number | null {
  const exponential = (capMs: number): number => {
    const full = Math.min(capMs, 1000 * 2 ** Math.min(Math.max(attempt, 1) - 1, 16));
    return Math.round(full * (1 - fraction / 4));
  };
  switch (failure.kind) {
    case "limited":
      // Without a number we are gentle: not below 1 s and never shorter than our own backoff.
      return failure.retryAfterMs ?? exponential(60_000);
    case "offline":
      // Trying to connect costs nobody anything; being back within seconds is worth it (SYN-28).
      return exponential(4_000);
    case "timeout":
    case "unavailable":
    case "malformed":
      return exponential(60_000);
    case "certificate":
      return exponential(60_000);
    case "unauthorized":
    case "rejected":
    case "invalid":
    case "storage":
    case "aborted":
    case "bug":
      return null;
  }
}
