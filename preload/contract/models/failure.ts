/**
 * Why something did not work, as data (architecture.md, section 8).
 *
 * - `offline`       no connection to the server could be made
 * - `timeout`       a connection was there, the answer did not come in time
 * - `unavailable`   5xx, or 4xx without an errcode: a proxy or an overloaded server speaking (ERR-10)
 * - `limited`       429; wait `retryAfterMs`
 * - `unauthorized`  the access token is not accepted; `soft` says that local data stays (ERR-02)
 * - `rejected`      the server understood and refused: a real Matrix error with `errcode`
 * - `malformed`     the answer is not what the specification says (HTML, broken JSON, wrong types)
 * - `certificate`   the server's TLS certificate is not valid (THR-09)
 * - `invalid`       our own caller passed something wrong
 * - `storage`       the disk: full, read-only, damaged, or the profile is in use
 * - `aborted`       we stopped it ourselves
 * - `bug`           a programming error; never retried silently
 */
export type FailureKind =
  | "offline"
  | "timeout"
  | "unavailable"
  | "limited"
  | "unauthorized"
  | "rejected"
  | "malformed"
  | "certificate"
  | "invalid"
  | "storage"
  | "aborted"
  | "bug";

export type StorageProblem = "full" | "readonly" | "damaged" | "in-use" | "newer" | "other";

/** A failure as it crosses the border. `message` is for logs and for "details"; sentences for people are the renderer's. */
export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  /** HTTP status, where the server answered. */
  readonly status?: number;
  /** Matrix error code, where the server gave one. */
  readonly errcode?: string;
  /** The server's own words (plain text, never HTML), where it gave some. */
  readonly serverText?: string;
  /** Milliseconds to wait before trying again (`limited`). */
  readonly retryAfterMs?: number;
  /** `unauthorized` only: local data is kept and the user signs in again. */
  readonly soft?: boolean;
  /** `storage` only. */
  readonly problem?: StorageProblem;
}
