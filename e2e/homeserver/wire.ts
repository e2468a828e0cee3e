/** One request as it came over the wire. */
export interface WireRequest {
  /** When it arrived: the server's clock, ms. */
  at: number;
  method: string;
  /** As sent, percent-encoded, without the query. */
  path: string;
  /** Values given several times are joined by commas. */
  query: Record<string, string>;
  headers: Record<string, string>;
  /** The bearer token, undefined without an Authorization header. */
  token: string | undefined;
  /** Whose token it is, when the server knows it. */
  userId: string | undefined;
  /** Parsed JSON; undefined for none; a Buffer for anything else. */
  body: unknown;
  /** Status of the answer, undefined until (or unless) it is given. */
  status: number | undefined;
  /** True from arrival until the answer is out or the socket is gone. */
  inFlight: boolean;
}

/** The request log. */
export interface Wire {
  readonly requests: readonly WireRequest[];
  /** How many requests had this method and a path matching the expression. */
  count(method: string, path: RegExp): number;
  clear(): void;
  /** The first request, past or future, for which the predicate holds; rejects after the time. */
  waitFor(predicate: (request: WireRequest) => boolean, timeoutMs?: number): Promise<WireRequest>;
}

interface Waiter {
  predicate: (request: WireRequest) => boolean;
  resolve: (request: WireRequest) => void;
}

/** Records requests and wakes those who wait for one. */
export class WireLog implements Wire {
  requests: WireRequest[] = [];
  readonly #waiters = new Set<Waiter>();

  count(method: string, path: RegExp): number {
    return this.requests.filter((r) => r.method === method && r.path.search(path) >= 0).length;
  }

  clear(): void {
    this.requests = [];
  }

  async waitFor(predicate: (request: WireRequest) => boolean, timeoutMs = 15_000): Promise<WireRequest> {
    const past = this.requests.find(predicate);
    if (past !== undefined) return past;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new Error(`No such request within ${timeoutMs} ms; saw ${this.#summary()}`));
      }, timeoutMs);
      const waiter: Waiter = {
        predicate,
        resolve: (request) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(request);
        },
      };
      this.#waiters.add(waiter);
    });
  }

  #summary(): string {
    const last = this.requests.slice(-5).map((r) => `${r.method} ${r.path} ${r.status ?? "…"}`);
    return last.length === 0 ? "none" : last.join(", ");
  }

  /** Adds a request that has just arrived. */
  record(request: WireRequest): void {
    this.requests.push(request);
    this.touched(request);
  }

  /** Something about the request became known: look again whether someone waits for it. */
  touched(request: WireRequest): void {
    for (const waiter of [...this.#waiters]) {
      if (waiter.predicate(request)) waiter.resolve(request);
    }
  }
}
