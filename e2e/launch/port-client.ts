import { once } from "node:events";
import { WebSocket } from "ws";
import {
  CONTRACT_VERSION,
  type ClientFrame,
  type HostFrame,
  type Method,
  type Params,
  type Result,
  type Topic,
} from "../../preload/contract/frames.ts";
import { applyListChanges } from "../../preload/contract/list-change.ts";
import type { Topics } from "../../preload/contract/topics.ts";

// The app without a page: what a renderer asks and watches over the port of the headless host.

type Waiting = {
  readonly method: string;
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
};
type Take = (frame: Extract<HostFrame, { t: "snapshot" | "change" }>) => void;

/** One topic as it is now. */
export interface Watching<T extends Topic> {
  readonly value: Topics[T]["snapshot"];
  /** Resolves once it is as wanted; waiting in vain is ended by the test's own limit, or by the connection. */
  until(isWanted: (value: Topics[T]["snapshot"]) => boolean): Promise<void>;
  close(): void;
}

export class PortClient {
  readonly #socket: WebSocket;
  /** What the host lets a page in with. */
  readonly #headers: Readonly<Record<string, string>>;
  #resources = "";
  readonly #waiting = new Map<number, Waiting>();
  readonly #topics = new Map<number, Take>();
  readonly #lookers = new Set<() => void>();
  #ids = 0;

  private constructor(socket: WebSocket, headers: Readonly<Record<string, string>>) {
    this.#socket = socket;
    this.#headers = headers;
    socket.on("message", (data: Buffer) => this.#take(JSON.parse(data.toString()) as HostFrame));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the connection is gone"));
      this.#waiting.clear();
    });
    this.#post({ t: "hello", version: CONTRACT_VERSION });
  }

  /** `url` is the address the host printed. */
  static async open(url: string): Promise<PortClient> {
    const { origin, host } = new URL(url);
    const answer = await fetch(url, { redirect: "manual" });
    const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const headers = { cookie, origin };
    const socket = new WebSocket(`ws://${host}/port`, { headers });
    await once(socket, "open");
    const client = new PortClient(socket, headers);
    // A subscription that answers has heard the host's hello before.
    (await client.watch("session", null)).close();
    return client;
  }

  /** Asks below the resources base, as a page does for pictures and for files to be sent. */
  resource(
    path: string,
    request: {
      method?: string;
      body?: Uint8Array<ArrayBuffer>;
      type?: string;
    } = {},
  ): Promise<Response> {
    const { method = "GET", body, type } = request;
    return fetch(`${this.#resources}${path}`, {
      method,
      headers: {
        ...this.#headers,
        ...(type === undefined ? {} : { "content-type": type }),
      },
      ...(body === undefined ? {} : { body }),
    });
  }

  /** Rejects with the method and the failure's kind and message. */
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    const id = ++this.#ids;
    const answer = new Promise<Result<M>>((resolve, reject) =>
      this.#waiting.set(id, { method, resolve, reject }),
    );
    this.#post({ t: "call", id, method, params });
    return answer;
  }

  async watch<T extends Topic>(topic: T, params: Topics[T]["params"]): Promise<Watching<T>> {
    const id = ++this.#ids;
    let value: Topics[T]["snapshot"] | undefined;
    const first = Promise.withResolvers<void>();
    this.#topics.set(id, (frame) => {
      value =
        frame.t === "snapshot"
          ? (frame.value as Topics[T]["snapshot"])
          : changed(topic, value as Topics[T]["snapshot"], frame.value as Topics[T]["change"]);
      first.resolve();
      for (const look of [...this.#lookers]) look();
    });
    this.#post({ t: "subscribe", id, topic, params });
    await first.promise;
    const current = (): Topics[T]["snapshot"] => value as Topics[T]["snapshot"];
    return {
      get value() {
        return current();
      },
      until: (isWanted) =>
        new Promise((resolve) => {
          const look = (): void => {
            if (!isWanted(current())) return;
            this.#lookers.delete(look);
            resolve();
          };
          this.#lookers.add(look);
          look();
        }),
      close: () => {
        this.#topics.delete(id);
        this.#post({ t: "unsubscribe", id });
      },
    };
  }

  close(): void {
    this.#socket.close();
  }

  #post(frame: ClientFrame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  #take(frame: HostFrame): void {
    if (frame.t === "hello") this.#resources = frame.resources;
    if (frame.t === "snapshot" || frame.t === "change") this.#topics.get(frame.id)?.(frame);
    if (frame.t !== "result" && frame.t !== "failure") return;
    const waiting = this.#waiting.get(frame.id);
    this.#waiting.delete(frame.id);
    if (frame.t === "result") waiting?.resolve(frame.value as never);
    else
      waiting?.reject(new Error(`${waiting.method} failed: ${frame.failure.kind}: ${frame.failure.message}`));
  }
}

function changed<T extends Topic>(
  topic: T,
  value: Topics[T]["snapshot"],
  change: Topics[T]["change"],
): Topics[T]["snapshot"] {
  if (topic === "timeline") {
    const view = value as Topics["timeline"]["snapshot"];
    const { items, ...rest } = change as Topics["timeline"]["change"];
    return { ...view, ...rest, items: applyListChanges(view.items, items) };
  }
  if (topic !== "roomList" && topic !== "outbox") return change as unknown as Topics[T]["snapshot"];
  return applyListChanges(
    value as readonly unknown[],
    change as unknown as Parameters<typeof applyListChanges>[1],
  ) as Topics[T]["snapshot"];
}
