import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http";
import { WebSocket } from "ws";
import type { HostFrame } from "../../../preload/contract/frames.ts";
import type { PageEnd } from "./contract-suite.ts";

// What a browser would do, and what a browser would never do.

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
export interface Ask {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

/** One HTTP request with the path exactly as given: no client of ours tidies up "..". */
export function ask(
  port: number,
  path: string,
  { method = "GET", headers = {}, body }: Ask = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

export const portOf = (address: string): number => Number(new URL(address).port);

/** Exchanges the token of the first address; returns the cookie as a browser would send it. */
export async function signInWith(address: string): Promise<string> {
  const { pathname, search } = new URL(address);
  const answer = await ask(portOf(address), pathname + search);
  return answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
}

export interface SocketPage extends PageEnd {
  readonly socket: WebSocket;
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
}

/** Opens `/port` as the page would. Rejects with the status when it is refused. */
export async function openSocket(port: number, headers: OutgoingHttpHeaders): Promise<SocketPage> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/port`, { headers: headers as Record<string, string> });
  const frames: HostFrame[] = [];
  socket.on("message", (data: Buffer) => frames.push(JSON.parse(data.toString()) as HostFrame));
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  return {
    socket,
    frames,
    closed,
    post: (frame) => socket.send(JSON.stringify(frame)),
    leave: async () => {
      socket.close();
      await closed;
    },
  };
}
