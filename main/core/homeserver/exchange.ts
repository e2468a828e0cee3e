import { failed, ok, type Failure, type Result } from "../failure.ts";
import type { Platform } from "../platform.ts";
import { classifyError } from "./classify.ts";

/** A body that brings nothing for so long is dead, whatever time it has left. */
const SILENCE_MS = 30_000;

export interface Exchange {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | ReadableStream<Uint8Array>;
  /** Until the head of the answer is here; of a body that is a stream, since its last piece was taken. */
  readonly timeoutMs: number;
  /** From then until the end of the body. */
  readonly bodyTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** The head of an answer, and the way to read its body. */
export interface Incoming {
  readonly status: number;
  readonly headers: Headers;
  /** Calls `take` with each piece. Throws when the connection breaks or time is up. */
  read(take: (piece: Uint8Array) => void | Promise<void>): Promise<void>;
}

/**
 * One request and its answer, bounded in time in every phase. What `use` throws is taken for a broken connection; a
 * body that `use` does not read to its end is dropped with its connection.
 */
export async function exchange<T>(
  { clock, fetch }: Pick<Platform, "clock" | "fetch">,
  request: Exchange,
  use: (answer: Incoming) => Promise<T>,
): Promise<Result<T>> {
  const connection = new AbortController();
  let stopped: "timeout" | "aborted" | null = null;
  const stop = (why: "timeout" | "aborted"): void => {
    stopped ??= why;
    connection.abort();
  };
  const abort = (): void => stop("aborted");
  if (request.signal?.aborted === true) return failed(classifyError(null, "aborted"));
  request.signal?.addEventListener("abort", abort, { once: true });
  let cancelTotal = clock.after(request.timeoutMs, () => stop("timeout"));
  let cancelSilence = (): void => {};
  const listen = (): void => {
    cancelSilence();
    cancelSilence = clock.after(SILENCE_MS, () => stop("timeout"));
  };
  const taken = (): void => {
    cancelTotal();
    cancelTotal = clock.after(request.timeoutMs, () => stop("timeout"));
  };
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      ...bodyOf(request.body, taken),
      signal: connection.signal,
      redirect: "manual",
      credentials: "omit",
      cache: "no-store",
    });
    cancelTotal();
    cancelTotal = clock.after(request.bodyTimeoutMs, () => stop("timeout"));
    listen();
    const read: Incoming["read"] = async (take) => {
      if (response.body === null) return;
      for await (const piece of response.body as AsyncIterable<Uint8Array>) {
        listen();
        await take(piece);
      }
    };
    return ok(await use({ status: response.status, headers: response.headers, read }));
  } catch (error) {
    return failed(classifyError(error, stopped));
  } finally {
    cancelTotal();
    cancelSilence();
    request.signal?.removeEventListener("abort", abort);
    // Frees the socket of a body that nobody wants; nothing where it was read to its end.
    connection.abort();
  }
}

/** A stream is sent while it is read: `taken` is called for each piece. */
function bodyOf(
  body: Exchange["body"],
  taken: () => void,
): { readonly body: string | ReadableStream<Uint8Array> | null; readonly duplex?: "half" } {
  if (body === undefined || typeof body === "string") return { body: body ?? null };
  const told = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      taken();
      controller.enqueue(piece);
    },
  });
  return { body: body.pipeThrough(told), duplex: "half" };
}

/** Text of a body, or a failure when it is longer than `maxBytes`. */
export async function readText(answer: Incoming, maxBytes: number): Promise<Result<string>> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  const tooLong: Failure = { kind: "malformed", message: "the answer is too long", status: answer.status };
  if (Number(answer.headers.get("content-length") ?? 0) > maxBytes) return failed(tooLong);
  let isTooLong = false;
  await answer
    .read((piece) => {
      bytes += piece.byteLength;
      isTooLong = bytes > maxBytes;
      if (isTooLong) throw new Error("too long");
      text += decoder.decode(piece, { stream: true });
    })
    .catch((error: unknown) => {
      if (!isTooLong) throw error;
    });
  return isTooLong ? failed(tooLong) : ok(text + decoder.decode());
}
