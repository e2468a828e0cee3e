import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A stretch of time the server spent on an answer; ms since the epoch, as `now()` counts them. */
export interface Answered {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** False: still under way, `end` is now. */
  readonly isDone: boolean;
  /** The answer, where it is small. */
  readonly body: Buffer | null;
}

/** Longer answers are not kept, bytes. */
const KEPT_BODY = 32 * 1024;

/** Between app and homeserver: notes from when to when the server was thinking, and can be cut like a network. */
export interface TimingProxy {
  readonly url: string;
  /** All answers so far; one under way counts until now. */
  answered(): readonly Answered[];
  /** Connections are destroyed and refused. */
  cut(): void;
  close(): Promise<void>;
}

/** Milliseconds since the epoch with fractions; pages of the same machine count the same. */
export const now = (): number => performance.timeOrigin + performance.now();

/**
 * Starts a proxy on a free port. An answer is taken from the server whole and only then passed on: until its last byte
 * has come the time is the server's, from then on it is the app's.
 */
export async function startTimingProxy(target: string): Promise<TimingProxy> {
  const agent = new Agent({ keepAlive: true });
  const done: Answered[] = [];
  const underWay = new Map<IncomingMessage, Pick<Answered, "path" | "start">>();
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    underWay.set(request, { path, start: now() });
    const finish = (body: Buffer | null): void => {
      const began = underWay.get(request);
      if (underWay.delete(request) && began !== undefined)
        done.push({ ...began, end: now(), isDone: true, body });
    };
    passOn(target, agent, request, response, finish);
  });
  server.keepAliveTimeout = 600_000;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    answered: () => [
      ...done,
      ...[...underWay.values()].map((began) => ({ ...began, end: now(), isDone: false, body: null })),
    ],
    cut,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      cut();
      agent.destroy();
      await closed;
    },
  };
}

function passOn(
  target: string,
  agent: Agent,
  request: IncomingMessage,
  response: ServerResponse,
  finish: (body: Buffer | null) => void,
): void {
  const { method = "GET", headers, url = "/" } = request;
  const outgoing = httpRequest(`${target}${url}`, { method, headers, agent }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    answer.on("error", () => response.destroy());
    answer.on("end", () => {
      const whole = Buffer.concat(chunks);
      finish(whole.length <= KEPT_BODY ? whole : null);
      const body = url.endsWith("/login") ? withoutAddress(whole) : whole;
      const { "transfer-encoding": _chunked, ...kept } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, { ...kept, "content-length": body.length });
      response.end(body);
    });
  });
  outgoing.on("error", () => response.destroy());
  response.on("close", () => {
    finish(null);
    outgoing.destroy();
  });
  request.pipe(outgoing);
}

/** A server names its own address in the answer to a sign-in; who takes it would go round us. */
function withoutAddress(whole: Buffer): Buffer {
  try {
    const { well_known: _address, ...kept } = JSON.parse(whole.toString("utf8")) as Record<string, unknown>;
    return Buffer.from(JSON.stringify(kept));
  } catch {
    return whole;
  }
}
