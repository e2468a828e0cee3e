import { createServer, request as forward, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { heard } from "../openapi/listening.ts";

/** How late this side's call events reach the server, and how late it hears what is new; ms. */
export interface Lateness {
  readonly signals: number;
  readonly news: number;
}

/** The way of one person to a homeserver, with a bad connection that loses nothing. */
export interface LateProxy {
  readonly baseUrl: string;
  /** Invites that were handed to it so far. */
  readonly invites: number;
  /** From now on. What is on its way with an earlier lateness arrives at once. */
  setLateness(lateness: Lateness): void;
  stop(): Promise<void>;
}

/** Passes everything on to `target`: call events and the answers to `/sync` late. */
export async function startLateProxy(target: string): Promise<LateProxy> {
  const upstream = new URL(target);
  const waiting = new Set<() => void>();
  let lateness: Lateness = { signals: 0, news: 0 };
  let invites = 0;

  const late = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        waiting.delete(go);
        resolve();
      };
      const timer = setTimeout(go, ms);
      waiting.add(go);
    });

  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, answer) => {
    const { url = "/", method = "" } = incoming;
    void (async () => {
      const body = await readAll(incoming);
      heard(() => {
        const { pathname: path, searchParams: query } = new URL(url, "http://proxy");
        return { method, path, query, contentType: incoming.headers["content-type"], body };
      });
      if (url.includes("/send/m.call.")) {
        if (url.includes("/send/m.call.invite/")) invites += 1;
        await late(lateness.signals);
      }
      const { status, contentType, bytes } = await ask(upstream, incoming, body);
      if (url.startsWith("/_matrix/client/v3/sync?")) await late(lateness.news);
      // Who is behind a proxy must name it: these answers tell the client where to go from now on.
      const isAddress = url.endsWith("/login") || url.startsWith("/.well-known/");
      const said = isAddress ? renamed(bytes, upstream.host, incoming.headers.host) : bytes;
      answer.writeHead(status, { "content-type": contentType, "content-length": said.length });
      answer.end(said);
    })().catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get invites() {
      return invites;
    },
    setLateness(next) {
      lateness = next;
      for (const go of [...waiting]) go();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function ask(upstream: URL, incoming: IncomingMessage, body: Buffer) {
  return new Promise<{ status: number; contentType: string; bytes: Buffer }>((resolve, reject) => {
    const { host: _host, connection: _connection, ...headers } = incoming.headers;
    const { hostname: host, port } = upstream;
    const { method, url: path } = incoming;
    const outgoing = forward({ host, port, method, path, headers }, (response) => {
      const { statusCode: status = 502, headers: said } = response;
      const contentType = said["content-type"] ?? "application/json";
      readAll(response).then((bytes) => resolve({ status, contentType, bytes }), reject);
    });
    // Whoever hangs up on us hangs up on the server too: a long poll must not stay behind.
    const hangUp = (): void => void outgoing.destroy();
    incoming.socket.once("close", hangUp);
    outgoing.once("close", () => incoming.socket.off("close", hangUp));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const renamed = (bytes: Buffer, from: string, to = from): Buffer =>
  Buffer.from(bytes.toString("utf8").replaceAll(from, to));
