import { failed, ok, type Failure, type Result } from "../failure.ts";

/** Where the access token comes from. Implemented by `accounts`. */
export interface Authorise {
  /** The token to use now, or null when there is no session. */
  token(): string | null;
  /**
   * A token to use instead of the rejected one, stored safely already. Fails as `invalid` when there is nothing to
   * refresh with: the server's own word then stands.
   */
  refresh(rejectedToken: string): Promise<Result<string>>;
  /** The token will not be accepted much longer. */
  isExpiring?(): boolean;
}

const noSession: Failure = { kind: "unauthorized", message: "no session", soft: true };

/**
 * Runs an attempt with a token: refreshed before when it is about to expire, refreshed after when the server does not
 * know it any more, and then repeated once. Never more: whoever asked decides about trying again (ERR-02).
 */
export function withAuthorisation(
  authorise: Authorise | null,
): <T>(attempt: (token: string | null) => Promise<Result<T>>) => Promise<Result<T>> {
  if (authorise === null) return (attempt) => attempt(null);
  const refresh = shared(authorise);
  return async (attempt) => {
    let token = authorise.token();
    if (token === null) return failed(noSession);
    if (authorise.isExpiring?.() === true) {
      const early = await refresh(token);
      // Not yet expired: a refresh that failed is no reason not to ask.
      token = early.ok ? early.value : token;
    }
    const first = await attempt(token);
    if (first.ok || first.failure.kind !== "unauthorized") return first;
    const next = await replacement(authorise, refresh, token, first.failure);
    return next.ok ? attempt(next.value) : next;
  };
}

type Refresh = (rejectedToken: string) => Promise<Result<string>>;

async function replacement(
  authorise: Authorise,
  refresh: Refresh,
  rejected: string,
  refusal: Failure,
): Promise<Result<string>> {
  const current = authorise.token();
  // Somebody else refreshed while this request was on its way.
  if (current !== null && current !== rejected) return ok(current);
  if (current === null) return failed(refusal);
  const next = await refresh(rejected);
  if (next.ok || next.failure.kind === "invalid") return next.ok ? next : failed(refusal);
  if (next.failure.kind !== "unauthorized") return next;
  // The access token's refusal is about the session, the refresh token's about that token (Synapse never says "soft"
  // there): when either says that what we keep may stay, it stays.
  return failed({ ...next.failure, soft: refusal.soft === true || next.failure.soft === true });
}

/** Callers that were rejected together wait for one refresh together: a refresh token works once. */
function shared(authorise: Authorise): Refresh {
  let running: { readonly token: string; readonly result: Promise<Result<string>> } | null = null;
  return async (token) => {
    if (running?.token === token) return running.result;
    const mine = { token, result: authorise.refresh(token) };
    running = mine;
    try {
      return await mine.result;
    } finally {
      if (running === mine) running = null;
    }
  };
}
