import {
  CONTRACT_VERSION,
  type ClientFrame,
  type HostFrame,
  type Port,
} from "../../preload/contract/frames.ts";
import { clientFrameSchema, requestSchemas, topicSchemas } from "../../preload/contract/schemas.ts";
import { toFailure, type Failure } from "../core/failure.ts";
import type { Clock, Log } from "../core/platform.ts";
import type { Face } from "./face.ts";
import { paramsOf } from "./params.ts";
import { openSubscription } from "./subscription.ts";

export interface ServeOptions {
  readonly host: "electron" | "headless";
  /** Base URL of media, ending in a slash. */
  readonly resources: string;
  /** Fills the sign-in form. */
  readonly homeserver?: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Answers one port from the core until it closes. Nothing that arrives is believed: the frame, the name and the
 * parameters are checked before the core sees them, and whatever goes wrong comes back as data.
 * Returns the function that stops it from this side.
 */
export function serve(port: Port<unknown, HostFrame>, core: Face, options: ServeOptions): () => void {
  const served = new Served(port, core, options);
  const stopListening = port.onFrame((frame) => served.take(frame));
  const stop = (): void => {
    stopListening();
    served.close();
  };
  port.onClose(stop);
  return stop;
}

class Served {
  readonly #port: Port<unknown, HostFrame>;
  readonly #core: Face;
  readonly #options: ServeOptions;
  readonly #subscriptions = new Map<number, () => void>();
  #isOpen = true;
  #badFrames = 0;
  /** Set when the page was built against another contract; nothing it says can be understood safely. */
  #isStale = false;
  #hasAttended = false;

  constructor(port: Port<unknown, HostFrame>, core: Face, options: ServeOptions) {
    this.#port = port;
    this.#core = core;
    this.#options = options;
  }

  take(frame: unknown): void {
    if (!this.#isOpen) return;
    const parsed = clientFrameSchema.safeParse(frame);
    if (!parsed.success) return this.#drop("shape");
    const known = parsed.data as ClientFrame;
    switch (known.t) {
      case "hello":
        return this.#greet(known.version);
      case "call":
        return void this.#answer(known);
      case "subscribe":
        return this.#subscribe(known.id, known.topic, known.params);
      case "unsubscribe":
        return this.#unsubscribe(known.id);
    }
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const id of [...this.#subscriptions.keys()]) this.#unsubscribe(id);
    // A page that is gone has no room in front, also when it could not say so.
    if (!this.#hasAttended) return;
    void Promise.resolve(this.#core.handlers.attend({ roomId: null })).catch(() => undefined);
  }

  #greet(version: number): void {
    const { resources, host, homeserver } = this.#options;
    this.#isStale = version !== CONTRACT_VERSION;
    this.#post({
      t: "hello",
      version: CONTRACT_VERSION,
      resources,
      host,
      ...(homeserver === undefined ? {} : { homeserver }),
    });
  }

  async #answer({ id, method, params, account }: ClientFrame & { t: "call" }): Promise<void> {
    try {
      const value = await this.#call(method, params, account);
      // A missing key means nothing in JSON, so "no answer" needs a value of its own.
      this.#post({ t: "result", id, value: value ?? null });
    } catch (error) {
      this.#post({ t: "failure", id, failure: this.#failure(method, error) });
    }
  }

  #call(method: string, params: unknown, account: string | undefined): unknown {
    this.#refuseStale();
    const known = paramsOf(requestSchemas, method, params);
    if (known.name === "attend") this.#hasAttended = true;
    const handlers = account === undefined ? this.#core.handlers : this.#core.handlersOf(account);
    const handler = handlers[known.name] as (params: unknown) => unknown;
    return handler.call(handlers, known.params);
  }

  #subscribe(id: number, topic: string, params: unknown): void {
    if (this.#subscriptions.has(id)) return this.#drop("subscription id in use");
    try {
      this.#refuseStale();
      const known = paramsOf(topicSchemas, topic, params);
      const stop = openSubscription(known.name, known.params as never, {
        id,
        sources: this.#core.topics,
        clock: this.#options.clock,
        post: (frame) => this.#post(frame),
      });
      this.#subscriptions.set(id, stop);
    } catch (error) {
      this.#post({ t: "failure", id, failure: this.#failure(topic, error) });
    }
  }

  /** One that is gone already is nothing to mind: its failure may have crossed the unsubscribe on the way. */
  #unsubscribe(id: number): void {
    const stop = this.#subscriptions.get(id);
    this.#subscriptions.delete(id);
    try {
      stop?.();
    } catch (error) {
      this.#failure("unsubscribe", error);
    }
  }

  #refuseStale(): void {
    if (this.#isStale) throw new StalePage();
  }

  #post(frame: HostFrame): void {
    if (this.#isOpen) this.#port.post(frame);
  }

  #drop(reason: string): void {
    this.#badFrames += 1;
    // A page that sends nothing but nonsense must not fill the disk with our complaints: 1, 2, 4, 8 …
    if (Number.isInteger(Math.log2(this.#badFrames)))
      this.#options.log("warn", "bad-frame", { reason, count: this.#badFrames });
  }

  #failure(name: string, error: unknown): Failure {
    if (error instanceof StalePage) return { kind: "invalid", message: error.message };
    const failure = toFailure(error);
    // Only where it happened: the message may hold what somebody wrote.
    if (failure.kind === "bug") this.#options.log("error", "request-bug", { name, where: placesOf(error) });
    return failure;
  }
}

class StalePage extends Error {
  constructor() {
    super("this page was built for another version");
  }
}

/** The lines of a stack that name places. */
function placesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [typeof error];
  const lines = error.stack?.split("\n") ?? [];
  return [error.name, ...lines.filter((line) => line.startsWith("    at ")).slice(0, 8)];
}
