// An HTTP proxy in front of a real homeserver that fails on purpose, and that can be cut off like a pulled plug. What
// comes through is checked against the specification (e2e/openapi).
import {
  createServer,
  request as forward,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Call } from "../openapi/operation.ts";
import { heard } from "../openapi/listening.ts";

/** What may happen to a request. `ok` is forwarded and answered as it is. */
export type Fault =
  | "drop" // the connection breaks before the server hears of it
  | "answerLost" // the server does it, the answer never arrives
  | "lateAnswer" // the server does it, /sync shows it, the answer comes later
  | "truncate" // half an answer, then the connection breaks
  | "limited" // 429 with a waiting time
  | "limitedSilent" // 429 without one
  | "broken" // 502 with a proxy's HTML page
  | "overloaded" // 503, JSON without errcode
  | "proxyRefuses" // 403 without errcode: a proxy speaking
  | "invalidJson"
  | "slow" // the answer trickles
  | "duplicate" // /sync: every event twice
  | "gap"; // /sync: rooms say `limited`, as after an absence

export const allFaults: readonly Fault[] = [
  "drop",
  "answerLost",
  "lateAnswer",
  "truncate",
  "limited",
  "limitedSilent",
  "broken",
  "overloaded",
  "proxyRefuses",
  "invalidJson",
  "slow",
  "duplicate",
  "gap",
];

export interface FaultyProxy {
  readonly baseUrl: string;
  /** Share of requests that fail, 0…1, and the ways to choose from. */
  setFaults(share: number, faults?: readonly Fault[]): void;
  /** The plug is pulled: connections break, new ones are refused. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** From now on nobody behind it hears of anything, until the returned function is called. */
  holdNews(): () => void;
  /** The server does what is asked under such a path, but its answers wait from now on. */
  holdAnswers(path: RegExp): Held;
  /** How often each fault struck. */
  readonly struck: ReadonlyMap<Fault, number>;
  stop(): Promise<void>;
}

/** Answers that wait. */
export interface Held {
  /** Resolves when the server has given the first of them. */
  readonly given: Promise<void>;
  readonly release: () => void;
}

/** `random` decides; pass a seeded one to repeat a run. */
export async function startFaultyProxy(
  target: string,
  random: () => number = Math.random,
): Promise<FaultyProxy> {
  const upstream = new URL(target);
  const struck = new Map<Fault, number>();
  const sockets = new Set<Socket>();
  let share = 0;
  let faults: readonly Fault[] = allFaults;
  let port = 0;
  let server: Server | null = null;
  const held = new Map<RegExp, { readonly given: () => void; readonly released: Promise<void> }>();

  const choose = (): Fault | null => {
    if (random() >= share) return null;
    const fault = faults[Math.floor(random() * faults.length)] ?? null;
    if (fault !== null) struck.set(fault, (struck.get(fault) ?? 0) + 1);
    return fault;
  };

  const listen = async (): Promise<void> => {
    if (server !== null) return;
    server = createServer({ keepAliveTimeout: 60_000 }, (incoming, answer) => {
      const mayLeave = async (): Promise<void> => {
        for (const [path, { given, released }] of held) {
          if (!path.test(incoming.url ?? "")) continue;
          given();
          await released;
        }
      };
      handle(upstream, incoming, answer, { fault: choose(), mayLeave }).catch(() =>
        incoming.socket.destroy(),
      );
    });
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server?.listen(port, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  };
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      if (server === null) return resolve();
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
      server = null;
    });

  const holdAnswers = (path: RegExp): Held => {
    const given = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    // A pattern of its own: the same may be held twice.
    const key = new RegExp(path);
    held.set(key, { given: given.resolve, released: released.promise });
    const release = (): void => {
      held.delete(key);
      released.resolve();
    };
    return { given: given.promise, release };
  };

  await listen();
  return {
    get baseUrl() {
      return `http://127.0.0.1:${port}`;
    },
    setFaults(nextShare, nextFaults = allFaults) {
      share = nextShare;
      faults = nextFaults;
    },
    cut: close,
    mend: listen,
    holdNews: () => holdAnswers(SYNC).release,
    holdAnswers,
    struck,
    stop: close,
  };
}

/** What happens to a request, and the moment from which on its answer may leave. */
interface Fate {
  readonly fault: Fault | null;
  readonly mayLeave: () => Promise<void>;
}

async function handle(
  upstream: URL,
  incoming: IncomingMessage,
  answer: ServerResponse,
  { fault, mayLeave }: Fate,
): Promise<void> {
  const body = await readAll(incoming);
  heard(() => callOf(incoming, body));
  switch (fault) {
    case "drop":
      return void incoming.socket.destroy();
    case "limited":
      return reply(
        answer,
        429,
        JSON.stringify({ errcode: "M_LIMIT_EXCEEDED", error: "slow down", retry_after_ms: 150 }),
      );
    case "limitedSilent":
      return reply(answer, 429, JSON.stringify({ errcode: "M_LIMIT_EXCEEDED", error: "slow down" }));
    case "broken":
      return reply(answer, 502, "<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html");
    case "overloaded":
      return reply(answer, 503, "{}");
    case "proxyRefuses":
      return reply(answer, 403, '{"message":"no"}');
    default:
      return answerFrom(upstream, incoming, answer, { body, fault, mayLeave });
  }
}

function callOf(incoming: IncomingMessage, body: Buffer): Call {
  const { pathname: path, searchParams: query } = new URL(incoming.url ?? "/", "http://proxy");
  return { method: incoming.method ?? "", path, query, contentType: incoming.headers["content-type"], body };
}

async function answerFrom(
  upstream: URL,
  incoming: IncomingMessage,
  answer: ServerResponse,
  { body, fault, mayLeave }: Fate & { readonly body: Buffer },
): Promise<void> {
  const { status, headers, bytes } = await ask(upstream, incoming, body);
  await mayLeave();
  if (fault === "answerLost") return void incoming.socket.destroy();
  if (fault === "lateAnswer") await delay(1500);
  const contentType = headers["content-type"] ?? "application/json";
  const changed = changeBody(upstream, incoming, bytes, fault);
  if (fault === "truncate") {
    answer.writeHead(status, { "content-type": contentType, "content-length": changed.length });
    answer.write(changed.subarray(0, Math.floor(changed.length / 2)));
    await delay(5);
    return void incoming.socket.destroy();
  }
  if (fault === "invalidJson")
    return reply(answer, status, `{"oops": ${changed.subarray(0, 20).toString("latin1")}`);
  if (fault === "slow") {
    answer.writeHead(status, { "content-type": contentType, "content-length": changed.length });
    const part = Math.max(1, Math.ceil(changed.length / 5));
    for (let at = 0; at < changed.length; at += part) {
      answer.write(changed.subarray(at, at + part));
      await delay(100);
    }
    return void answer.end();
  }
  answer.writeHead(status, { "content-type": contentType, "content-length": changed.length });
  answer.end(changed);
}

function changeBody(upstream: URL, incoming: IncomingMessage, bytes: Buffer, fault: Fault | null): Buffer {
  const path = incoming.url ?? "";
  if (isSync(incoming)) return changeSync(bytes, fault);
  // Who is behind a proxy must name it: these answers tell the client where to go from now on.
  if (path.endsWith("/login") || path.startsWith("/.well-known/")) {
    return Buffer.from(
      bytes.toString("utf8").replaceAll(upstream.host, incoming.headers.host ?? upstream.host),
    );
  }
  return bytes;
}

const SYNC = /^\/_matrix\/client\/v3\/sync\?/;
const isSync = ({ url = "" }: IncomingMessage): boolean => SYNC.test(url);

interface SyncBody {
  rooms?: {
    join?: Record<string, { timeline?: { events?: unknown[]; limited?: boolean; prev_batch?: string } }>;
  };
}

function changeSync(bytes: Buffer, fault: Fault | null): Buffer {
  if (fault !== "duplicate" && fault !== "gap") return bytes;
  const body = JSON.parse(bytes.toString("utf8")) as SyncBody;
  for (const room of Object.values(body.rooms?.join ?? {})) {
    const timeline = room.timeline;
    if (timeline?.events === undefined) continue;
    if (fault === "duplicate") timeline.events = timeline.events.flatMap((event) => [event, event]);
    else if (timeline.prev_batch !== undefined) timeline.limited = true;
  }
  return Buffer.from(JSON.stringify(body));
}

function ask(upstream: URL, incoming: IncomingMessage, body: Buffer) {
  return new Promise<{ status: number; headers: IncomingMessage["headers"]; bytes: Buffer }>(
    (resolve, reject) => {
      const { host: _host, connection: _connection, ...headers } = incoming.headers;
      const options = {
        host: upstream.hostname,
        port: upstream.port,
        method: incoming.method,
        path: incoming.url,
        headers,
      };
      const outgoing = forward(options, (response) => {
        readAll(response).then(
          (bytes) => resolve({ status: response.statusCode ?? 502, headers: response.headers, bytes }),
          reject,
        );
      });
      // Whoever hangs up on us hangs up on the server too: a long poll must not stay behind.
      const hangUp = (): void => void outgoing.destroy();
      incoming.socket.once("close", hangUp);
      outgoing.once("close", () => incoming.socket.off("close", hangUp));
      outgoing.on("error", reject);
      outgoing.end(body);
    },
  );
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function reply(answer: ServerResponse, status: number, text: string, contentType = "application/json"): void {
  answer.writeHead(status, { "content-type": contentType });
  answer.end(text);
}
