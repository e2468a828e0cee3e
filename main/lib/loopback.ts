import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";

// An address on this machine to which a page in the browser sends its result. Only the first visit to exactly this
// address counts; anything else that finds the port learns nothing.

export interface Loopback {
  /** `http://127.0.0.1:PORT/PATH`. */
  readonly url: string;
  /** What the browser brought, or null when it was closed before. */
  readonly received: Promise<URLSearchParams | null>;
  close(): void;
}

/** `path` begins with a slash. `text` is what the browser shows afterwards, as plain text. */
export async function openLoopback(path: string, text: string): Promise<Loopback> {
  const { promise, resolve } = Promise.withResolvers<URLSearchParams | null>();
  const server = createServer((request, response) => {
    const query = queryOf(server, request, path);
    answer(response, query === null ? "" : text, query === null ? 404 : 200);
    if (query === null) return;
    resolve(query);
    close();
  });
  const close = (): void => {
    resolve(null);
    server.close();
    server.closeIdleConnections();
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${portOf(server)}${path}`, received: promise, close };
}

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};

/** Null for every request but the one that is waited for: also under another name (DNS rebinding). */
function queryOf(server: Server, request: IncomingMessage, path: string): URLSearchParams | null {
  if (request.method !== "GET" || request.headers.host !== `127.0.0.1:${portOf(server)}`) return null;
  const [asked, query = ""] = (request.url ?? "").split("?", 2);
  return asked === path ? new URLSearchParams(query) : null;
}

function answer(response: ServerResponse, text: string, status: number): void {
  response.writeHead(status, {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    Connection: "close",
  });
  response.end(text);
}
