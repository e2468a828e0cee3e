import { failed, ok, toFailure, type Failure, type Result } from "../failure.ts";
import type { Platform } from "../platform.ts";
import { lengthOfRest, rangeHeaders, validatorOf, type Part, type Validator } from "./byte-range.ts";
import { classifyAnswer } from "./classify.ts";
import { exchange, readText, type Incoming } from "./exchange.ts";

export interface DownloadRequest {
  /** As in `HttpRequest`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** A longer file fails as `rejected` with M_TOO_LARGE. */
  readonly maxBytes: number;
  /** Told before the first piece of a file that comes from its beginning: what was taken before is void. */
  readonly begin?: (file: Announced) => void | Promise<void>;
  /** Takes the file piece by piece. What it throws ends the download, as `storage` where the disk is to blame. */
  readonly take: (piece: Uint8Array) => Promise<void>;
  /**
   * This much of it is here: only the rest is asked for, if it is still the same file. Then `begin` is not told. An
   * answer that is neither the rest nor the whole fails as `malformed`.
   */
  readonly from?: Part | undefined;
  /** The endpoint takes no token, so it gets none (TRN-05). */
  readonly isPublic?: boolean;
  /** Until the answer begins; default 60,000: the homeserver may have to get the file from elsewhere first. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface Downloaded {
  /** Bytes of the whole file. */
  readonly size: number;
}

/** What the server says of a file before it comes. */
export interface Announced {
  /** Bytes, or null. */
  readonly length: number | null;
  /** By what it can be gone on with when it breaks off, or null. */
  readonly validator: Validator | null;
}

const MAX_REDIRECTS = 3;
/** A file may come slowly, as long as it comes. */
const BODY_TIMEOUT_MS = 3_600_000;

/**
 * Brings a file. Redirects 307 and 308 are followed as the specification says of media (a delivery network); the
 * token stays with the homeserver.
 */
export async function download(
  platform: Pick<Platform, "clock" | "fetch">,
  url: URL,
  token: string | null,
  request: DownloadRequest,
): Promise<Result<Downloaded>> {
  let address = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const hasToken = token !== null && redirects === 0 && request.isPublic !== true;
    const headers: Record<string, string> = {
      ...(hasToken ? { Authorization: `Bearer ${token}` } : {}),
      ...(request.from === undefined ? {} : rangeHeaders(request.from)),
    };
    const answer = await exchange(
      platform,
      {
        method: "GET",
        url: address,
        headers,
        timeoutMs: request.timeoutMs ?? 60_000,
        bodyTimeoutMs: BODY_TIMEOUT_MS,
        signal: request.signal,
      },
      (incoming) => receive(platform, incoming, request),
    );
    if (!answer.ok) return answer;
    if (!("redirect" in answer.value)) return answer.value;
    const next = redirectTarget(answer.value.redirect, address);
    if (next === null) return failed({ kind: "malformed", message: "bad redirect" });
    address = next;
  }
  return failed({ kind: "malformed", message: "too many redirects" });
}

type Received = Result<Downloaded> | { readonly redirect: string };

async function receive(
  platform: Pick<Platform, "clock">,
  incoming: Incoming,
  request: DownloadRequest,
): Promise<Received> {
  const { status, headers } = incoming;
  if (status === 307 || status === 308) return { redirect: headers.get("location") ?? "" };
  if (status === 200) return takeAll(incoming, request);
  if (request.from !== undefined && (status === 206 || status === 416))
    return status === 206 ? takeRest(incoming, request, request.from) : failed(notTheRest(status));
  const text = await readText(incoming, 1_000_000);
  const body = text.ok ? parsed(text.value) : undefined;
  const result = classifyAnswer(
    { status, retryAfter: headers.get("retry-after"), body },
    platform.clock.now(),
  );
  return result.ok ? failed({ kind: "malformed", message: "no file in the answer", status }) : result;
}

const tooLarge: Failure = { kind: "rejected", message: "file too large", errcode: "M_TOO_LARGE" };
const notTheRest = (status: number): Failure => ({
  kind: "malformed",
  message: "not the rest of the file",
  status,
});

async function takeAll(incoming: Incoming, request: DownloadRequest): Promise<Result<Downloaded>> {
  const length = announced(incoming.headers);
  if ((length ?? 0) > request.maxBytes) return failed(tooLarge);
  try {
    await request.begin?.({ length, validator: validatorOf(incoming.headers) });
  } catch (error) {
    return failed(toFailure(error));
  }
  return takeBody(incoming, request, { size: 0, most: request.maxBytes, refusal: tooLarge });
}

async function takeRest(
  incoming: Incoming,
  request: DownloadRequest,
  part: Part,
): Promise<Result<Downloaded>> {
  const length = lengthOfRest(incoming.headers, part);
  if (length === null) return failed(notTheRest(incoming.status));
  if (length > request.maxBytes) return failed(tooLarge);
  const taken = await takeBody(incoming, request, {
    size: part.offset,
    most: length,
    refusal: notTheRest(incoming.status),
  });
  // In chunks, an end that comes too early looks like any other.
  const isShort = taken.ok && taken.value.size < length;
  return isShort ? failed({ kind: "unavailable", message: "the rest broke off" }) : taken;
}

/** `size`: what is here already. More than `most` is refused before it is taken. */
async function takeBody(
  incoming: Incoming,
  { take }: DownloadRequest,
  bounds: { readonly size: number; readonly most: number; readonly refusal: Failure },
): Promise<Result<Downloaded>> {
  let { size } = bounds;
  let refusal: Failure | null = null;
  await incoming
    .read(async (piece) => {
      size += piece.byteLength;
      if (size > bounds.most) refusal = bounds.refusal;
      else
        await take(piece).catch((error: unknown) => {
          refusal = toFailure(error);
        });
      if (refusal !== null) throw new Error("refused");
    })
    .catch((error: unknown) => {
      if (refusal === null) throw error;
    });
  return refusal === null ? ok({ size }) : failed(refusal);
}

/** Bytes to come; null where nobody says, or where they are packed. */
function announced(headers: Headers): number | null {
  const length = Number(headers.get("content-length") ?? NaN);
  return Number.isSafeInteger(length) && !headers.has("content-encoding") ? length : null;
}

/** Where a redirect leads, or null. Never from https to http. */
function redirectTarget(location: string, from: URL): URL | null {
  if (location === "" || !URL.canParse(location, from.href)) return null;
  const url = new URL(location, from.href);
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && from.protocol === "http:");
  return isSafe && url.username === "" ? url : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
