import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";

/** Handles one request; it must answer or destroy the socket. */
export type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** A port that can vanish and come back: closed means connections are refused. */
export class Listener {
  readonly #handle: Handle;
  readonly #tls: { key: string; cert: string } | undefined;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port: number;
  #retry: NodeJS.Timeout | undefined;

  constructor(handle: Handle, port: number, tls: { key: string; cert: string } | undefined) {
    this.#handle = handle;
    this.#port = port;
    this.#tls = tls;
  }

  get port(): number {
    return this.#port;
  }

  /** Listens on the port (0: any, kept from then on); resolves when connections are taken. */
  async open(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = this.#tls === undefined ? createServer() : createTlsServer(this.#tls);
    this.#server = server;
    // Clients keep connections for as long as they like; tests must not see idle timeouts.
    server.keepAliveTimeout = 600_000;
    server.on("request", this.#handle);
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.on("error", (error: NodeJS.ErrnoException) => {
        // Somebody's outgoing connection may hold our port for a moment: try until it is free.
        if (error.code !== "EADDRINUSE" || this.#server !== server) reject(error);
        else this.#retry = setTimeout(() => this.#bind(server), 20);
      });
      server.once("listening", resolve);
      this.#bind(server);
    });
    const address = server.address();
    if (typeof address === "object" && address !== null) this.#port = address.port;
  }

  #bind(server: Server): void {
    server.listen({ port: this.#port, host: "127.0.0.1" });
  }

  /** Refuses new connections and destroys those there are, at once. */
  close(): void {
    clearTimeout(this.#retry);
    this.#server?.close();
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }
}
