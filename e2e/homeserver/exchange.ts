import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { heard } from "../openapi/listening.ts";
import type { Answer } from "./call.ts";
import type { FaultAction } from "./faults.ts";
import { answer, readHead, skewOf, tokenText, type Incoming } from "./pipeline.ts";
import type { Site } from "./site.ts";
import type { WireLog, WireRequest } from "./wire.ts";

/** Largest request body taken from the wire, bytes. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** One request from its first byte to its last, with the faults that hit it. */
export async function exchange(
  site: Site,
  wire: WireLog,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const head = readHead(request);
  const bytes = await readBody(request);
  if (bytes === undefined) return;
  const incoming: Incoming = { ...head, bytes, signal: gone.signal };
  heard(() => ({ ...incoming, contentType: incoming.headers["content-type"], body: incoming.bytes }));
  const record = recordOf(site, incoming);
  wire.record(record);
  response.on("close", () => {
    record.inFlight = false;
    wire.touched(record);
  });
  const actions = site.faults.match({
    method: head.method,
    path: head.path,
    query: head.query,
    roomId: roomOf(head.path),
    userId: record.userId,
  });
  const early = await beforeHandling(actions, request, gone.signal);
  if (early === "gone") return;
  const result = early ?? (await handled(site, incoming, actions));
  if (result === "gone" || actions.some((action) => action.answerLost)) {
    request.socket.destroy();
    return;
  }
  record.status = result.status;
  await write(request, response, result, actions);
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) {
        request.socket.destroy();
        return undefined;
      }
      chunks.push(chunk);
    }
  } catch {
    // The client went away in the middle of its body: nothing was asked.
    return undefined;
  }
  return Buffer.concat(chunks);
}

function recordOf(site: Site, incoming: Incoming): WireRequest {
  const token = tokenText(incoming);
  return {
    at: site.state.clock(),
    method: incoming.method,
    path: incoming.path,
    query: queryOf(incoming.query),
    headers: incoming.headers,
    token,
    userId: token === undefined ? undefined : site.state.accessTokens.get(token)?.userId,
    body: parsedBody(incoming),
    status: undefined,
    inFlight: true,
  };
}

function parsedBody(incoming: Incoming): unknown {
  if (incoming.bytes.length === 0) return undefined;
  if (incoming.path.includes("/media/")) return incoming.bytes;
  try {
    return JSON.parse(incoming.bytes.toString("utf8"));
  } catch {
    return incoming.bytes;
  }
}

/** The room a path names, decoded. */
function roomOf(path: string): string | undefined {
  const part = /\/(?:rooms|join)\/([^/]+)/.exec(path)?.[1];
  if (part === undefined) return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Faults that act before the request means anything: an answer, "gone", or undefined to go on. */
async function beforeHandling(
  actions: readonly FaultAction[],
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<Answer | "gone" | undefined> {
  for (const action of actions) {
    if (action.delay !== undefined) await pause(action.delay, signal);
    if (action.holdBefore !== undefined) await settled(action.holdBefore, signal);
    if (signal.aborted) return "gone";
    if (action.drop) {
      request.socket.destroy();
      return "gone";
    }
    const refusal = refusalOf(action);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function refusalOf(action: FaultAction): Answer | undefined {
  if (action.limited !== undefined) return limitedAnswer(action.limited);
  if (action.status !== undefined) {
    const { code, body = "", contentType = "text/html", headers = {} } = action.status;
    return { status: code, bytes: Buffer.from(body), headers: { "content-type": contentType, ...headers } };
  }
  if (action.error !== undefined) {
    const { status, errcode, message = errcode, extra = {} } = action.error;
    return { status, json: { errcode, error: message, ...extra } };
  }
  return undefined;
}

function limitedAnswer(limited: NonNullable<FaultAction["limited"]>): Answer {
  const { retryAfterMs, header = false, body = true } = limited;
  const json: Record<string, unknown> = { errcode: "M_LIMIT_EXCEEDED", error: "Too Many Requests" };
  if (retryAfterMs === undefined) return { status: 429, json };
  if (body) json["retry_after_ms"] = retryAfterMs;
  const headers = header ? { "retry-after": String(Math.ceil(retryAfterMs / 1000)) } : {};
  return { status: 429, json, headers };
}

async function handled(
  site: Site,
  incoming: Incoming,
  actions: readonly FaultAction[],
): Promise<Answer | "gone"> {
  let result = await answer(site, incoming, skewOf(actions));
  for (const action of actions) {
    if (action.rewrite !== undefined && result.json !== undefined) {
      // A copy, so that a rewriting test cannot reach into the server's own events.
      result = { ...result, json: action.rewrite(structuredClone(result.json)) };
    }
    if (action.echoBeforeAnswer !== undefined) await pause(action.echoBeforeAnswer, incoming.signal);
    if (action.holdAnswer !== undefined) await settled(action.holdAnswer, incoming.signal);
  }
  if (actions.some((action) => action.invalidJson)) result = brokenJson(result);
  return incoming.signal.aborted ? "gone" : result;
}

/** The same answer with its last characters missing, of consistent length: whole but no JSON. */
function brokenJson(result: Answer): Answer {
  const text = JSON.stringify(result.json ?? {}).slice(0, -1);
  return { ...result, bytes: Buffer.from(text), headers: { "content-type": "application/json" } };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/** Waits for the promise, however it ends, or for the client to go away. */
async function settled(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([promise.catch(() => undefined), aborted]);
}

async function write(
  request: IncomingMessage,
  response: ServerResponse,
  result: Answer,
  actions: readonly FaultAction[],
): Promise<void> {
  const body = result.bytes ?? Buffer.from(JSON.stringify(result.json ?? {}));
  const type = result.bytes === undefined ? { "content-type": "application/json" } : {};
  response.writeHead(result.status, { ...type, ...result.headers, "content-length": body.length });
  const rate = actions.find((action) => action.slowBody !== undefined)?.slowBody;
  const part = body.subarray(0, sentOf(body, actions));
  const isTruncated = part.length < body.length || actions.some((action) => action.truncate);
  if (rate !== undefined) await writeSlowly(response, part, rate);
  else if (isTruncated) await new Promise<void>((done) => void response.write(part, () => done()));
  if (isTruncated) request.socket.destroy();
  else response.end(rate === undefined ? part : undefined);
}

/** How many bytes of a body leave before the connection breaks. */
function sentOf(body: Uint8Array, actions: readonly FaultAction[]): number {
  const most = actions.some((action) => action.truncate) ? Math.floor(body.length / 2) : body.length;
  return actions.reduce((least, { cutAfter }) => Math.min(least, cutAfter ?? most), most);
}

/** Ten portions a second, so that a client sees the body trickle in. */
async function writeSlowly(response: ServerResponse, body: Uint8Array, rate: number): Promise<void> {
  const portion = Math.max(1, Math.ceil(rate / 10));
  for (let at = 0; at < body.length && !response.destroyed; at += portion) {
    response.write(body.subarray(at, at + portion));
    await sleep((1000 * portion) / rate);
  }
}

/** Values given several times stand joined by commas. */
function queryOf(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name).join(",")]));
}
