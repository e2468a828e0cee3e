import { failed, invalid, ok, type Failure, type Result } from "../failure.ts";
import type { Platform } from "../platform.ts";
import { withAuthorisation, type Authorise } from "./authorise.ts";
import { classifyAnswer, isChallenge } from "./classify.ts";
import { download, type DownloadRequest, type Downloaded } from "./download.ts";
import { exchange, readText } from "./exchange.ts";

export type { Authorise } from "./authorise.ts";

/** No answer of this API is near it; a larger one would only fill the memory. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

export interface HttpRequest {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** Begins with /_matrix; segments are percent-encoded already (`path.ts`). */
  readonly path: string;
  /** A list is one parameter given several times (`via`). */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined | readonly string[]>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, in place of JSON. */
  readonly file?: FileBody;
  /** Until the answer begins, and again until its end; default 30,000. */
  readonly timeoutMs?: number;
  /** Until the answer's end, where that may take longer than its beginning. */
  readonly bodyTimeoutMs?: number;
  readonly signal?: AbortSignal;
  /**
   * A 401 that asks for authentication stages is an answer: the value is `{ challenge }` with its body, any other good
   * answer `{ answer }` (`interactive.ts`).
   */
  readonly isInteractive?: boolean;
}

/** A file as the body of a request. Time counts from the last piece of it that was taken. */
export interface FileBody {
  readonly open: () => ReadableStream<Uint8Array>;
  /** Bytes; servers want to know before the first one comes. */
  readonly size: number;
  readonly contentType: string;
}

export type ClientApi = "v3" | "r0";

/** Requests to one homeserver. Never throws, never retries (architecture.md, section 8). */
export interface Http {
  request(options: HttpRequest): Promise<Result<unknown>>;
}

/** Also brings files. */
export interface HomeserverHttp extends Http {
  download(options: DownloadRequest): Promise<Result<Downloaded>>;
}

export type HttpPlatform = Pick<Platform, "clock" | "fetch" | "log">;

export interface HttpOptions {
  readonly platform: HttpPlatform;
  /** http or https, perhaps with a path. */
  readonly baseUrl: string;
  /** Null for requests that need no token: then none is ever sent (TRN-05). */
  readonly authorise: Authorise | null;
  /** Servers older than v1.1 know the same endpoints below r0 (TRN-04); default v3. */
  readonly clientApi?: ClientApi;
}

export function createHttp(httpOptions: HttpOptions): HomeserverHttp {
  const { platform, authorise } = httpOptions;
  const authorised = withAuthorisation(authorise);
  return {
    async request(options) {
      const url = addressOf(httpOptions, options);
      if (url === null) return failed(invalid("bad address"));
      const text = jsonOf(options.body);
      if (!text.ok) return text;
      const result = await authorised((token) =>
        requestOnce(platform, { url, options, text: text.value, token }),
      );
      if (!result.ok) logFailure(platform, options, result.failure);
      return result;
    },
    async download(options) {
      const url = addressOf(httpOptions, options);
      if (url === null) return failed(invalid("bad address"));
      const result = await authorised((token) => download(platform, url, token, options));
      if (!result.ok) logFailure(platform, { ...options, method: "GET" }, result.failure);
      return result;
    },
  };
}

interface Attempt {
  readonly url: URL;
  readonly options: HttpRequest;
  readonly text: string | null;
  readonly token: string | null;
}

async function requestOnce(platform: HttpPlatform, attempt: Attempt): Promise<Result<unknown>> {
  const { url, options, text, token } = attempt;
  const timeoutMs = options.timeoutMs ?? 30_000;
  const { file } = options;
  const body = file === undefined ? text : file.open();
  const headers = {
    Accept: "application/json",
    ...(text === null ? {} : { "Content-Type": "application/json" }),
    ...(file === undefined ? {} : { "Content-Type": file.contentType, "Content-Length": String(file.size) }),
    ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
  };
  const bodyTimeoutMs = options.bodyTimeoutMs ?? timeoutMs;
  const request = { method: options.method, url, headers, timeoutMs, bodyTimeoutMs, signal: options.signal };
  const answer = await exchange(
    platform,
    body === null ? request : { ...request, body },
    async (incoming): Promise<Result<unknown>> => {
      const body = await readText(incoming, MAX_BODY_BYTES);
      if (!body.ok) return body;
      const retryAfter = incoming.headers.get("retry-after");
      const received = { status: incoming.status, retryAfter, body: parsed(body.value) };
      if (options.isInteractive === true && isChallenge(received)) return ok({ challenge: received.body });
      const result = classifyAnswer(received, platform.clock.now());
      return options.isInteractive === true && result.ok ? ok({ answer: result.value }) : result;
    },
  );
  return answer.ok ? answer.value : answer;
}

/** The full address, or null when the path would not arrive as it was written. */
function addressOf(
  { baseUrl, clientApi = "v3" }: HttpOptions,
  { path: written, query = {} }: Pick<HttpRequest, "path" | "query">,
): URL | null {
  const base = baseUrl.replace(/\/+$/, "");
  const path = written.replace(/^(\/_matrix\/(?:client|media)\/)v3\//, `$1${clientApi}/`);
  if (!path.startsWith("/_matrix/") || !URL.canParse(base + path)) return null;
  const url = new URL(base + path);
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  if (!url.pathname.endsWith(path) || url.search !== "" || url.hash !== "" || url.username !== "")
    return null;
  for (const [name, value] of Object.entries(query)) {
    if (typeof value === "object") for (const one of value) url.searchParams.append(name, one);
    else if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** The body as text; null where there is none. */
function jsonOf(body: unknown): Result<string | null> {
  if (body === undefined) return ok(null);
  try {
    return ok(JSON.stringify(body));
  } catch {
    return failed(invalid("the body is not JSON"));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Ids and numbers only; the query may hold what somebody wrote. */
function logFailure(
  platform: HttpPlatform,
  { method, path }: Pick<HttpRequest, "method" | "path">,
  failure: Failure,
): void {
  if (failure.kind === "aborted") return;
  const { kind, message, status, errcode } = failure;
  platform.log("info", "request-failed", { method, path: wordless(path), kind, message, status, errcode });
}

/** The id of a push rule may be the user's keyword itself. */
const wordless = (path: string): string => path.replace(/(\/pushrules\/[^/]+\/[^/]+\/).*/, "$1…");
