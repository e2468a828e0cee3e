import type { ClientFrame, Method, Params, Result } from "../../preload/contract/frames.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import { RequestFailed } from "./request-failed.ts";

/**
 * Requests whose second run changes nothing: they carry their own identity (a transaction id, a call id), name a final value,
 * or only read. After a reconnect they are asked again; all others might happen twice and are rejected instead.
 */
const repeatable: ReadonlySet<Method> = new Set<Method>([
  "sendMessage",
  "retrySend",
  "retryAllSends",
  "paginate",
  "visitRoom",
  "markRead",
  "sendAttachment",
  "saveDraft",
  "saveDraftAttachments",
  "loadThreadDraft",
  "saveSettings",
  "loadEventSource",
  "discoverServer",
  "networkIsBack",
  "loadServerFacts",
  "checkAlias",
  "searchPeople",
  "loadDirectory",
  "previewRoom",
  "peekRoom",
  "fetchArchive",
  "loadArchive",
  "loadRoomListing",
  "loadVia",
  "loadMembers",
  "loadRoomState",
  "browseSpace",
  "loadPerson",
  "setInvitesBlocked",
  "setIgnored",
  "setRoomTag",
  "loadOwnTags",
  "setOwnTag",
  "redactMessagesOf",
  "cancelRedactionsOf",
  "setSpaceChild",
  "placeCall",
  "answerCall",
  "declineCall",
  "hangUp",
  "setCallMedia",
  "performedMedia",
  "reportMedia",
]);

interface Pending {
  readonly frame: ClientFrame & { t: "call" };
  readonly method: Method;
  resolve(value: unknown): void;
  reject(error: RequestFailed): void;
}

/** The requests that wait for their answer, in the order they were asked. */
export class Calls {
  readonly #pending = new Map<number, Pending>();

  /** `post` is null while there is no link: a repeatable request waits for the next one. */
  ask<M extends Method>(
    id: number,
    method: M,
    params: Params<M>,
    post: ((frame: ClientFrame) => void) | null,
    account: string | null = null,
  ): Promise<Result<M>> {
    if (post === null && !repeatable.has(method))
      return Promise.reject(new RequestFailed({ kind: "offline", message: "no link to the core" }));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const frame = { t: "call", id, method, params, ...(account === null ? {} : { account }) } as const;
    this.#pending.set(id, { frame, method, resolve, reject });
    post?.(frame);
    return promise as Promise<Result<M>>;
  }

  /** True when the answer belonged to a request. */
  answer(id: number, value: unknown): boolean {
    const call = this.#pending.get(id);
    call?.resolve(value);
    return this.#pending.delete(id);
  }

  fail(id: number, failure: Failure): boolean {
    const call = this.#pending.get(id);
    call?.reject(new RequestFailed(failure));
    return this.#pending.delete(id);
  }

  /** The link closed: whether these requests ran is unknown. */
  linkClosed(): void {
    for (const [id, call] of [...this.#pending]) {
      if (!repeatable.has(call.method)) this.fail(id, { kind: "aborted", message: "the link closed" });
    }
  }

  /** Asks again, in the first order, everything that survived the old link. */
  repeat(post: (frame: ClientFrame) => void): void {
    for (const call of this.#pending.values()) post(call.frame);
  }
}
