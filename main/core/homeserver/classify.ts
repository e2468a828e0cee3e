import { isObject, numberOf, stringOf } from "../event.ts";
import { aborted, failed, ok, type Failure, type Result } from "../failure.ts";
import { plainText } from "../text.ts";

// From what the wire did to a Failure: the one place that knows (architecture.md, section 8). Pure.

/** What the error codes of Node, undici, OpenSSL and Chromium say about a connection. */
const kindOfCode: Readonly<Record<string, Failure["kind"]>> = {
  // No connection could be made.
  ECONNREFUSED: "offline",
  ENOTFOUND: "offline",
  EAI_AGAIN: "offline",
  EAI_FAIL: "offline",
  EAI_NODATA: "offline",
  EAI_NONAME: "offline",
  ENETUNREACH: "offline",
  ENETDOWN: "offline",
  EHOSTUNREACH: "offline",
  EHOSTDOWN: "offline",
  EADDRNOTAVAIL: "offline",
  ETIMEDOUT: "offline",
  UND_ERR_CONNECT_TIMEOUT: "offline",
  ERR_INTERNET_DISCONNECTED: "offline",
  ERR_NAME_NOT_RESOLVED: "offline",
  ERR_NAME_RESOLUTION_FAILED: "offline",
  ERR_CONNECTION_REFUSED: "offline",
  ERR_CONNECTION_FAILED: "offline",
  ERR_CONNECTION_TIMED_OUT: "offline",
  ERR_ADDRESS_UNREACHABLE: "offline",
  ERR_NETWORK_ACCESS_DENIED: "offline",
  ERR_PROXY_CONNECTION_FAILED: "offline",
  ERR_TUNNEL_CONNECTION_FAILED: "offline",
  // A connection was there, the answer did not come.
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
  ERR_TIMED_OUT: "timeout",
  // A connection was there and broke, or what came over it was no HTTP.
  ECONNRESET: "unavailable",
  ECONNABORTED: "unavailable",
  EPIPE: "unavailable",
  EPROTO: "unavailable",
  UND_ERR_SOCKET: "unavailable",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "unavailable",
  ERR_CONNECTION_RESET: "unavailable",
  ERR_NETWORK_CHANGED: "unavailable",
  ERR_NETWORK_IO_SUSPENDED: "unavailable",
  ERR_CONNECTION_CLOSED: "unavailable",
  ERR_CONNECTION_ABORTED: "unavailable",
  ERR_EMPTY_RESPONSE: "unavailable",
  ERR_CONTENT_LENGTH_MISMATCH: "unavailable",
  ERR_INCOMPLETE_CHUNKED_ENCODING: "unavailable",
  // The certificate (THR-09). Others of both families are known by their beginnings, below.
  CERT_HAS_EXPIRED: "certificate",
  CERT_NOT_YET_VALID: "certificate",
  CERT_REJECTED: "certificate",
  CERT_REVOKED: "certificate",
  CERT_SIGNATURE_FAILURE: "certificate",
  CERT_UNTRUSTED: "certificate",
  CERT_CHAIN_TOO_LONG: "certificate",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificate",
  SELF_SIGNED_CERT_IN_CHAIN: "certificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate",
  UNABLE_TO_GET_ISSUER_CERT: "certificate",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificate",
  INVALID_CA: "certificate",
  INVALID_PURPOSE: "certificate",
  HOSTNAME_MISMATCH: "certificate",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate",
  ERR_BAD_SSL_CLIENT_AUTH_CERT: "certificate",
  ERR_SSL_PINNED_KEY_NOT_IN_CERT_CHAIN: "certificate",
};

/**
 * Why an exchange broke off. `stopped` says that we ended it ourselves. Only the code goes into the message: what
 * libraries write into theirs is not ours to log.
 */
export function classifyError(error: unknown, stopped: "timeout" | "aborted" | null): Failure {
  if (stopped === "aborted") return aborted;
  if (stopped === "timeout") return { kind: "timeout", message: "no answer in time" };
  const codes = codesOf(error, 0);
  for (const code of codes) {
    const kind = code.startsWith("ERR_CERT_") ? "certificate" : kindOfCode[code];
    if (kind === "offline" && wasConnected(error, 0)) return { kind: "unavailable", message: code };
    if (kind !== undefined) return { kind, message: code };
  }
  // Something unknown below HTTP: as passing as a broken connection.
  return { kind: "unavailable", message: codes[0] ?? "connection failed" };
}

/**
 * True when a connection that was there broke: ETIMEDOUT and its kin are said of both. The difference matters to the
 * send queue, for which `offline` proves that the server cannot have the message.
 */
function wasConnected(error: unknown, depth: number): boolean {
  if (!(error instanceof Error) || depth > 5) return false;
  if ("syscall" in error && (error.syscall === "read" || error.syscall === "write")) return true;
  return wasConnected(error.cause, depth + 1);
}

/** Codes of an error, of its causes and of errors gathered in it (several addresses tried), outermost first. */
function codesOf(error: unknown, depth: number): string[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const codes: string[] = [];
  if ("code" in error && typeof error.code === "string") codes.push(error.code);
  const chromium = /net::(ERR_[A-Z0-9_]+)/.exec(error.message)?.[1];
  if (chromium !== undefined) codes.push(chromium);
  const inner: unknown[] = [
    error.cause,
    ...(error instanceof AggregateError ? (error.errors as unknown[]) : []),
  ];
  return codes.concat(inner.flatMap((cause) => codesOf(cause, depth + 1)));
}

export interface Answer {
  readonly status: number;
  /** The Retry-After header, or null. */
  readonly retryAfter: string | null;
  /** The parsed body; undefined when it was not JSON. */
  readonly body: unknown;
}

/** A 401 that names the stages to go through (spec: User-Interactive Authentication) is no word on the token. */
export const isChallenge = ({ status, body }: Pick<Answer, "status" | "body">): boolean =>
  status === 401 && isObject(body) && Array.isArray(body.flows);

/** The value of a good answer, or the Failure a bad one means. `now` in ms since the epoch. */
export function classifyAnswer(answer: Answer, now: number): Result<unknown> {
  const { status, body } = answer;
  if (status >= 200 && status < 300)
    // A network's own sign-in page answers 200 with HTML.
    return isObject(body) || Array.isArray(body)
      ? ok(body)
      : failed({ kind: "malformed", message: "the answer is not JSON", status });
  // Redirects are not followed here: a homeserver has no reason for them, a network's sign-in page has.
  if (status < 400) return failed({ kind: "malformed", message: "redirected", status });
  return failed(refusal(answer, now));
}

function refusal(answer: Answer, now: number): Failure {
  const { status } = answer;
  const error = isObject(answer.body) ? answer.body : {};
  const errcode = stringOf(error, "errcode") ?? "";
  const serverText = plainText(error.error, 500);
  const details = {
    status,
    ...(errcode === "" ? {} : { errcode: errcode.slice(0, 255) }),
    ...(serverText === null ? {} : { serverText }),
  };
  const retryAfterMs = waitAsked(answer.retryAfter, numberOf(error, "retry_after_ms"), now);
  const wait = retryAfterMs === null ? {} : { retryAfterMs };
  const message = errcode === "" ? `HTTP ${status}` : `HTTP ${status} ${errcode.slice(0, 255)}`;
  if (status === 429 || errcode === "M_LIMIT_EXCEEDED")
    return { kind: "limited", message, ...details, ...wait };
  if (errcode === "M_UNKNOWN_TOKEN" || errcode === "M_MISSING_TOKEN")
    return { kind: "unauthorized", message, ...details, soft: error.soft_logout === true };
  // Some servers say this with 5xx; the endpoint will not appear by asking again.
  if (errcode === "M_UNRECOGNIZED") return { kind: "rejected", message, ...details };
  // Without an errcode it is not the homeserver that speaks (ERR-10).
  if (status >= 500 || errcode === "") return { kind: "unavailable", message, ...details, ...wait };
  return { kind: "rejected", message, ...details };
}

const HOUR = 3_600_000;

/** Milliseconds the server asks us to wait, 0…1 h, or null: the header stands over the body (deprecated in v1.10). */
function waitAsked(header: string | null, bodyMs: number | null, now: number): number | null {
  const text = header?.trim() ?? "";
  if (/^\d{1,15}(?:\.\d+)?$/.test(text)) return bounded(Number(text) * 1000);
  // An HTTP date begins with a day's name; Date.parse alone would take "-5" for a year.
  const date = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(date)) return bounded(date - now);
  return bodyMs === null || bodyMs < 0 ? null : bounded(bodyMs);
}

const bounded = (ms: number): number => Math.min(Math.max(Math.ceil(ms), 0), HOUR);
