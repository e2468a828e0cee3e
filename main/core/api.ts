import type { Method, Params, Result, Topic } from "../../preload/contract/frames.ts";
import type { StageAnswer } from "../../preload/contract/models/attachment.ts";
import type { HostRequests } from "../../preload/contract/models/desktop.ts";
import type { AccountsRequests } from "../../preload/contract/models/accounts.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { Topics } from "../../preload/contract/topics.ts";

// What the core gives to a host. A missing handler or topic does not compile.

export type Handlers = {
  readonly [M in Method]: (params: Params<M>) => Result<M> | Promise<Result<M>>;
};
/** What the core answers; the rest is the host's. */
export type CoreHandlers = Omit<Handlers, keyof HostRequests>;

/** An open topic: what it is now, and how to stop watching. `emit` is never called before the source has returned. */
export interface OpenTopic<T extends Topic> {
  readonly snapshot: Topics[T]["snapshot"];
  stop(): void;
}
export type TopicSources = {
  readonly [T in Topic]: (
    params: Topics[T]["params"],
    emit: (change: Topics[T]["change"]) => void,
  ) => OpenTopic<T>;
};

/** What the core tells; the rest is the host's. */
export type CoreTopics = Omit<TopicSources, "desktop">;

/** A file on disk that is safe to hand to the page: its type was sniffed and is on the allow-list. */
export interface MediaFile {
  readonly path: string;
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  /** It is still coming: what is here can be read already. */
  readonly grows?: {
    /** Where it is now: it gets another name when it is whole. Null: it failed. */
    path(): string | null;
    /** Resolves to the number of bytes that are here, when there is one at `offset`; rejects when none will come. */
    upTo(offset: number): Promise<number>;
  };
  /** It is to be saved, under this name, and not shown. */
  readonly saveAs?: string;
  /** The name may stand for other bytes tomorrow (a staged file): nobody keeps a copy. */
  readonly isPassing?: true;
}

/** A file on its way from the page to our disk. */
export interface StageRequest {
  /** What follows the resources base: `staged/<id>?name=<percent-encoded>`, behind `account/<id>/` where it says whose. */
  readonly path: string;
  /** What the user's system calls the file; a claim. */
  readonly contentType: string | null;
  /** Announced length in bytes, or null. */
  readonly length: number | null;
  readonly body: AsyncIterable<Uint8Array>;
}

export type MediaAnswer =
  { readonly ok: true; readonly file: MediaFile } | { readonly ok: false; readonly failure: Failure };

/** The core of one account: all but what stands above accounts. */
export interface AccountCore extends Pick<Core, "media" | "stage" | "close"> {
  readonly handlers: Omit<CoreHandlers, keyof AccountsRequests>;
  readonly topics: Omit<CoreTopics, "accounts">;
}

export interface Core {
  readonly handlers: CoreHandlers;
  /** Requests of one account, whichever is shown. Throws FailureError where there is no such account any more. */
  handlersOf(accountId: string): CoreHandlers;
  readonly topics: CoreTopics;
  /**
   * Serves `resources + "media/…"`. `path` is what follows the resources base, percent-encoding intact, for example
   * `media/example.org/abc?width=72&height=72&method=crop`; with `again=N` at its end what failed is tried again. Also
   * `staged/<id>`, a file waiting to be sent, and `save/<name>/` before either of both, which makes it a download; and
   * `account/<accountId>/` before media of an account that is not shown.
   * Never throws for bad paths: answers with a failure.
   */
  media(path: string): Promise<MediaAnswer>;
  /** Takes a file for sending (`PUT` below the resources base). Never throws; may stop reading in the middle. */
  stage(request: StageRequest): Promise<StageAnswer>;
  /** Stops loops, waits for what is being written, closes the store. Safe to call twice. */
  close(): Promise<void>;
}
