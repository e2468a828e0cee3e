import {
  CONTRACT_VERSION,
  type ClientFrame,
  type HostFrame,
  type Method,
  type Params,
  type Topic,
} from "../../preload/contract/frames.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { Topics } from "../../preload/contract/topics.ts";
import { memoryPair, type MemoryPair } from "./memory-port.ts";
import { RequestFailed } from "./request-failed.ts";
import type { HostPort } from "./connect.ts";

type Handler = (params: never) => unknown;
interface Open {
  readonly id: number;
  readonly topic: Topic;
  readonly params: unknown;
  seq: number;
}

/** For tests: the other side of the port, doing what the test says, over as many links as the page opens. */
export class ScriptedCore {
  readonly received: ClientFrame[] = [];
  version = CONTRACT_VERSION;
  /** What `--homeserver` said. */
  homeserver: string | undefined;
  #pair: MemoryPair | null = null;
  #open: Open[] = [];
  readonly #snapshots = new Map<Topic, unknown>();
  readonly #handlers = new Map<Method, Handler>();

  readonly openPort = (): HostPort => {
    const pair = memoryPair();
    this.#pair = pair;
    this.#open = [];
    pair.core.onFrame((frame) => {
      // A frame of an old link must not speak into the new one.
      if (this.#pair === pair) this.#take(frame);
    });
    return pair.page;
  };

  /** What a new subscription of the topic gets first. */
  snapshot<T extends Topic>(topic: T, value: Topics[T]["snapshot"]): void {
    this.#snapshots.set(topic, value);
  }
  /** How a request is answered; throw RequestFailed to refuse. Without one it stays unanswered. */
  handle<M extends Method>(method: M, handler: (params: Params<M>) => unknown): void {
    this.#handlers.set(method, handler);
  }
  /** Sends a change to every subscription of the topic. `skip` leaves a hole in the numbers before it. */
  change<T extends Topic>(topic: T, value: Topics[T]["change"], skip = 0): void {
    for (const open of this.#open.filter((entry) => entry.topic === topic)) {
      open.seq += 1 + skip;
      this.#post({ t: "change", id: open.id, seq: open.seq, value });
    }
  }
  refuse(topic: Topic, failure: Failure): void {
    for (const open of this.#open.filter((entry) => entry.topic === topic))
      this.#post({ t: "failure", id: open.id, failure });
  }
  openTopics(): readonly string[] {
    return this.#open.map((open) => open.topic).sort();
  }
  calls(method: Method): readonly unknown[] {
    return this.received.flatMap((frame) =>
      frame.t === "call" && frame.method === method ? [frame.params] : [],
    );
  }
  /** The link breaks, as when the host dies, or is taken over by another page. */
  drop(reason?: "opened-elsewhere"): void {
    const pair = this.#pair;
    this.#pair = null;
    pair?.close(reason);
  }

  #take(frame: ClientFrame): void {
    this.received.push(frame);
    switch (frame.t) {
      case "hello":
        return this.#post({
          t: "hello",
          version: this.version,
          resources: "/files/",
          host: "headless",
          ...(this.homeserver === undefined ? {} : { homeserver: this.homeserver }),
        });
      case "subscribe":
        return this.#subscribe(frame);
      case "unsubscribe":
        this.#open = this.#open.filter((open) => open.id !== frame.id);
        return;
      case "call":
        return void this.#answer(frame);
    }
  }

  #subscribe(frame: ClientFrame & { t: "subscribe" }): void {
    const topic = frame.topic as Topic;
    this.#open.push({ id: frame.id, topic, params: frame.params, seq: 0 });
    if (this.#snapshots.has(topic))
      this.#post({ t: "snapshot", id: frame.id, seq: 0, value: this.#snapshots.get(topic) });
  }

  async #answer(frame: ClientFrame & { t: "call" }): Promise<void> {
    const handler = this.#handlers.get(frame.method as Method);
    if (handler === undefined) return;
    try {
      const value = (await handler(frame.params as never)) ?? null;
      this.#post({ t: "result", id: frame.id, value });
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this.#post({ t: "failure", id: frame.id, failure: error.failure });
    }
  }

  #post(frame: HostFrame): void {
    this.#pair?.core.post(frame);
  }
}

/** Lets everything that is on its way arrive. */
export async function arrived(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
