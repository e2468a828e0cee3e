import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { CLOSED_OPENED_ELSEWHERE } from "../../../preload/contract/frames.ts";
import type { Core } from "../../core/api.ts";
import type { Clock, Log, Random } from "../../core/platform.ts";
import type { Face } from "../face.ts";
import { pageHeaders } from "../page-headers.ts";
import { serve } from "../serve.ts";
import { admit, admitSocket, originOf, type Gate } from "./access.ts";
import { answerRequest, answerText } from "./http-answer.ts";
import { webSocketPort } from "./websocket-port.ts";

/** A draft of 200,000 characters, each escaped, fits; nothing larger rides in frames. */
const MAX_FRAME_BYTES = 4 * 1024 * 1024;

export interface ListenOptions {
  readonly core: Face & Pick<Core, "media" | "stage">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** 0 is a free one. */
  readonly port: number;
  /** The built page. */
  readonly rendererDir: string;
  readonly homeserver?: string | undefined;
}

export interface Listening {
  /** The first address, with the token. */
  readonly address: string;
  close(): Promise<void>;
}

/** Serves the page, the media and the contract on 127.0.0.1. Rejects when the port is taken. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { random } = options;
  const server = createServer();
  const port = await bind(server, options.port);
  const gate: Gate = { port, token: random.token(), cookie: random.token() };
  const resourceToken = random.token();
  const headers = pageHeaders({ connect: `ws://127.0.0.1:${port}` });
  const site = { ...options, resourceToken, pageHeaders: headers };

  server.on("request", (request, response) => {
    const admission = admit(gate, askedBy(request));
    if (admission.kind === "refused") return answerText(response, 403, refusal);
    if (admission.kind === "exchange")
      return answerText(response, 303, "", {
        Location: admission.location,
        "Set-Cookie": admission.setCookie,
      });
    answerRequest(request, response, site).catch((error: unknown) => {
      options.log("error", "http-bug", { name: error instanceof Error ? error.name : typeof error });
      if (response.headersSent) response.destroy();
      else answerText(response, 500, "Something went wrong.");
    });
  });
  const sockets = takeSockets(server, gate, options, `${originOf(gate)}/${resourceToken}/`);
  return {
    address: `${originOf(gate)}/?token=${gate.token}`,
    close: () => closeAll(server, sockets),
  };
}

const refusal =
  "Dunlin answers only the window it was opened in. Use the address that it printed when it started.";

function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function takeSockets(server: Server, gate: Gate, options: ListenOptions, resources: string): WebSocketServer {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false, // it never leaves the machine
  });
  let current: { readonly socket: WebSocket; readonly stop: () => void } | null = null;
  server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on("error", () => undefined); // it may be gone before we have answered
    if (request.url !== "/port" || !admitSocket(gate, askedBy(request))) return refuse(stream);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      // Too large or not UTF-8: the library closes the socket with the right code itself.
      socket.on("error", (error) => options.log("warn", "socket-error", { name: error.name }));
      // One session: the newest page has it; an older one is heard no more, told so, and stays quiet.
      current?.stop();
      current?.socket.close(CLOSED_OPENED_ELSEWHERE, "opened elsewhere");
      const stop = serve(webSocketPort(socket), options.core, { ...options, host: "headless", resources });
      current = { socket, stop };
    });
  });
  return sockets;
}

function refuse(stream: Duplex): void {
  stream.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}

function askedBy(request: IncomingMessage): {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
} {
  return { method: request.method ?? "", url: request.url ?? "", headers: request.headers };
}

/** 1001: the core goes away; the pages try again for a while. */
async function closeAll(server: Server, sockets: WebSocketServer): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const socket of sockets.clients) socket.close(1001, "closing");
  for (const socket of sockets.clients) socket.terminate();
  server.closeAllConnections();
  await closed;
}
