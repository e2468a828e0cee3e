import {
  CONTRACT_VERSION,
  type ClientFrame,
  type HostFrame,
  type Method,
  type Params,
  type Port,
  type Result,
  type Topic,
} from "../../preload/contract/frames.ts";
import type { Topics } from "../../preload/contract/topics.ts";
import { Calls } from "./calls.ts";
import { Subscriptions, type Sink } from "./subscriptions.ts";

export type HostPort = Port<HostFrame, ClientFrame>;

/**
 * The link between this page and the core, not the one to the homeserver.
 * `outdated`: the core speaks another version even after a reload.
 * `elsewhere`: another page has the session now. We do not take it back by ourselves: it would do the same.
 */
export type Link = "connecting" | "open" | "down" | "outdated" | "elsewhere";

/** What is asked of the core. */
export interface Door {
  /** Whose requests these are; null: of whichever account the core shows. */
  readonly account: string | null;
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  /** Returns the function that closes the topic. */
  subscribe<T extends Topic>(topic: T, params: Topics[T]["params"], sink: Sink<T>): () => void;
  /** Base of everything that is fetched by `src`; set before the first snapshot arrives. */
  readonly resources: string;
}

/** The page's only door to the core. */
export interface Client extends Door {
  /** Whose requests are asked from now on: the account that is on the screen. Null: whichever the core shows. */
  account: string | null;
  /** For what belongs to the account that is on the screen now, also after another one was put there. */
  bound(): Door;
  readonly link: Link;
  onLink(listener: (link: Link) => void): () => void;
  /** Which host serves us; set before the first snapshot arrives. */
  readonly host: "electron" | "headless";
  /** What `--homeserver` said, or nothing; set before the first snapshot arrives. */
  readonly homeserver: string;
  close(): void;
}

export interface ConnectOptions {
  /** A new port for every attempt. Frames posted before it is open must wait inside it. */
  readonly openPort: () => HostPort;
  /** Loads the page anew; false when that was done already and did not help. */
  readonly reload: () => boolean;
  /** Told that the versions agree, so that a later mismatch may reload again. */
  readonly agreed?: () => void;
}

/** Milliseconds before attempt n+1. The core is on this machine: being back soon costs nothing. */
export const reconnectDelay = (attempt: number): number => Math.min(2000, 100 * 2 ** Math.min(attempt, 10));

export function connect(options: ConnectOptions): Client {
  return new Connection(options);
}

class Connection implements Client {
  link: Link = "connecting";
  resources = "";
  host: "electron" | "headless" = "headless";
  homeserver = "";
  #account: string | null = null;
  #firstAccount: string | null = null;
  readonly #options: ConnectOptions;
  readonly #listeners = new Set<(link: Link) => void>();
  readonly #calls = new Calls();
  readonly #subscriptions = new Subscriptions(() => ++this.#lastId);
  #lastId = 0;
  #attempt = 0;
  #port: HostPort | null = null;
  #stopListening: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#open();
  }

  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    return this.#callOf(this.account, method, params);
  }

  get account(): string | null {
    return this.#account;
  }
  set account(account: string | null) {
    this.#account = account;
    this.#firstAccount ??= account;
  }

  #callOf<M extends Method>(account: string | null, method: M, params: Params<M>): Promise<Result<M>> {
    return this.#calls.ask(++this.#lastId, method, params, this.#post(), account);
  }

  bound(): Door {
    // Made before the first account is known, it belongs to that one.
    let { account } = this;
    const resources = (): string => this.resources;
    const whose = (): string | null => (account ??= this.#firstAccount);
    return {
      get account() {
        return whose();
      },
      get resources() {
        return resources();
      },
      call: (method, params) => this.#callOf(whose(), method, params),
      subscribe: (topic, params, sink) => this.subscribe(topic, params, sink),
    };
  }

  subscribe<T extends Topic>(topic: T, params: Topics[T]["params"], sink: Sink<T>): () => void {
    const subscription = this.#subscriptions.open(topic, params, sink, this.#post());
    return () => this.#subscriptions.close(subscription, this.#post());
  }

  onLink(listener: (link: Link) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#dropPort();
    this.#calls.linkClosed();
  }

  #open(): void {
    const port = this.#options.openPort();
    this.#port = port;
    this.#stopListening = [
      port.onFrame((frame) => this.#take(frame)),
      port.onClose((reason) => this.#lost(reason === "opened-elsewhere" ? "elsewhere" : "down")),
    ];
    const post = (frame: ClientFrame): void => port.post(frame);
    post({ t: "hello", version: CONTRACT_VERSION });
    this.#subscriptions.reopenAll(post);
    this.#calls.repeat(post);
  }

  #take(frame: HostFrame): void {
    switch (frame.t) {
      case "hello":
        return this.#greet(frame);
      case "result":
        return void this.#calls.answer(frame.id, frame.value);
      case "failure":
        if (!this.#calls.fail(frame.id, frame.failure)) this.#subscriptions.fail(frame.id, frame.failure);
        return;
      case "snapshot":
      case "change":
        return this.#subscriptions.take(frame, (out) => this.#port?.post(out));
    }
  }

  #greet(hello: HostFrame & { t: "hello" }): void {
    if (hello.version !== CONTRACT_VERSION) {
      this.#isClosed = true;
      this.#dropPort();
      if (!this.#options.reload()) this.#setLink("outdated");
      return;
    }
    this.#options.agreed?.();
    this.#attempt = 0;
    this.resources = hello.resources;
    this.host = hello.host;
    this.homeserver = hello.homeserver ?? "";
    this.#setLink("open");
  }

  #lost(link: "down" | "elsewhere"): void {
    this.#dropPort();
    this.#calls.linkClosed();
    if (this.#isClosed) return;
    this.#setLink(link);
    if (link === "elsewhere") return;
    this.#timer = setTimeout(() => this.#open(), reconnectDelay(this.#attempt++));
  }

  #dropPort(): void {
    for (const stop of this.#stopListening) stop();
    this.#stopListening = [];
    this.#port = null;
  }

  #post(): ((frame: ClientFrame) => void) | null {
    const port = this.#port;
    return port && ((frame) => port.post(frame));
  }

  #setLink(link: Link): void {
    if (link === this.link) return;
    this.link = link;
    for (const listener of [...this.#listeners]) listener(link);
  }
}
