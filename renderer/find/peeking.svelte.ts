import type { FoundRoom, PeekedMessage, PeekedPage } from "../../preload/contract/models/directory.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { AppState } from "../state/app.svelte.ts";
import { failureOf } from "../state/failure-of.ts";

// A room that everybody may read, as it is read from outside. The server tells nobody who is not in it of what comes, so
// it is asked every few seconds while somebody looks.

/** Between two questions, ms; longer after a failure. */
const EVERY_MS = 3_000;
const SELDOM_MS = 60_000;
/** Messages that stay on the screen; of a busier room the oldest go. */
const MOST = 1_000;

export class Peeking {
  messages = $state.raw<readonly PeekedMessage[]>([]);
  /** Where older ones begin; null: nowhere. */
  older = $state.raw<string | null>(null);
  isLoading = $state.raw(false);
  isAnswered = $state.raw(false);
  failure = $state.raw<Failure | null>(null);
  /** How many have come while one was looking. */
  arrived = $state.raw(0);
  #newer: string | null = null;
  #everyMs = EVERY_MS;
  readonly #app: Pick<AppState, "ask">;
  readonly #room: FoundRoom;

  constructor(app: Pick<AppState, "ask">, room: FoundRoom) {
    this.#app = app;
    this.#room = room;
  }

  /** The newest, or those before `from`. */
  async load(from: string | null): Promise<void> {
    this.isLoading = true;
    this.failure = null;
    try {
      const page = await this.#ask(from, false);
      this.messages = [...this.#unknown(page), ...this.messages];
      this.older = page.older;
      if (from === null) this.#newer = page.newer;
      this.isAnswered = true;
    } catch (cause) {
      this.failure = failureOf(cause);
    }
    this.isLoading = false;
  }

  /** Asks for what is new from time to time, until the returned function is called. */
  follow(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const again = (): void => {
      timer = setTimeout(() => {
        void this.#catchUp().then((goesOn) => {
          if (goesOn && !isOver) again();
        });
      }, this.#everyMs);
    };
    again();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }

  /** False where there is nothing more to be had. */
  async #catchUp(): Promise<boolean> {
    if (this.#newer === null) return !this.isAnswered;
    try {
      const page = await this.#ask(this.#newer, true);
      const fresh = this.#unknown(page);
      this.messages = page.changes.reduce(changed, [...this.messages, ...fresh]).slice(-MOST);
      this.arrived += fresh.length;
      this.#newer = page.newer;
      this.#everyMs = EVERY_MS;
      return true;
    } catch (cause) {
      const failure = failureOf(cause);
      this.#everyMs = Math.min(SELDOM_MS, Math.max(this.#everyMs * 2, failure.retryAfterMs ?? 0));
      const isOver = failure.kind === "rejected" || failure.kind === "invalid";
      if (isOver) this.failure = failure;
      return !isOver;
    }
  }

  #ask(from: string | null, isForward: boolean): Promise<PeekedPage> {
    const { roomId, via } = this.#room;
    return this.#app.ask("peekRoom", { roomId, via: via.slice(), from, isForward });
  }

  #unknown({ messages }: PeekedPage): readonly PeekedMessage[] {
    return messages.filter(({ eventId }) => !this.messages.some((known) => known.eventId === eventId));
  }
}

function changed(
  messages: readonly PeekedMessage[],
  { eventId, senderId, said }: PeekedPage["changes"][number],
): PeekedMessage[] {
  if (said === null) return messages.filter((message) => message.eventId !== eventId);
  return messages.map((message) =>
    message.eventId === eventId && message.senderId === senderId ? { ...message, ...said } : message,
  );
}
