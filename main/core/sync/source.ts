import type { Result } from "../failure.ts";

/**
 * Where sync responses come from. The loop does not know whether it is today's long-poll or something else (the 2015
 * pair of initialSync and events, a sliding sync): all of them give bodies of the shape of `GET /sync`.
 */
export interface SyncSource {
  /**
   * The response after `since` (null: from nothing). Waits at most `timeoutMs` for news. Never throws, never retries.
   */
  next(request: {
    readonly since: string | null;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
  }): Promise<Result<unknown>>;
  /** The server does not know something we stored with it (a filter): make it anew next time (FIL-10). */
  forget(): void;
}
