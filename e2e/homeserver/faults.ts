/** Which requests a rule is for; missing keys match everything. */
export interface FaultMatch {
  method?: string;
  /** Tested against the path as sent (still percent-encoded, without query). */
  path?: RegExp;
  /** Query parameters, as they are once decoded. */
  query?: Readonly<Record<string, string>>;
  /** The room named by the path (so never of a whole /sync) or, for faults that shape /sync, a room in it. */
  roomId?: string;
  /** The user whose token the request carries. */
  userId?: string;
}

/** What goes wrong. Several keys may be combined; they act in the order of this list. */
export interface FaultAction {
  /** Destroy the socket before handling: the request never happened. */
  drop?: true;
  /** Wait this many ms before handling. */
  delay?: number;
  /** Wait for the promise before handling. */
  holdBefore?: Promise<unknown>;
  /** 429 M_LIMIT_EXCEEDED; body field, `Retry-After` header, both or neither. */
  limited?: { retryAfterMs?: number; header?: boolean; body?: boolean };
  /** Answer without handling: 5xx, or a proxy speaking (no errcode, HTML …). */
  status?: { code: number; body?: string; contentType?: string; headers?: Record<string, string> };
  /** Answer a Matrix error without handling. */
  error?: { status: number; errcode: string; message?: string; extra?: Record<string, unknown> };
  /** While handling, this server's clock is off by so many ms (origin_server_ts and age). */
  clockSkew?: number;
  /** Handle, then change the JSON answer. */
  rewrite?: (json: unknown) => unknown;
  /** Handle, let /sync deliver, hold the answer for so many ms. */
  echoBeforeAnswer?: number;
  /** Handle, let /sync deliver, hold the answer until the promise settles. */
  holdAnswer?: Promise<unknown>;
  /** Handle fully, then destroy the socket without answering. */
  answerLost?: true;
  /** Handle, then answer with text that is no JSON. */
  invalidJson?: true;
  /** Send half of the body (of the announced length), then destroy the socket. */
  truncate?: true;
  /** Send so many bytes of the body (of the announced length), then destroy the socket. Shorter ones come whole. */
  cutAfter?: number;
  /** Send the body at so many bytes per second. */
  slowBody?: number;
  /** /sync: what it says of a room is said again in the next answer to that device. */
  duplicateDelivery?: true;
  /** /sync: the room is limited, with only the last n of its new events and a prev_batch. */
  limitedSync?: number;
  /** /sync: neighbouring new events of a room change places. */
  changedOrder?: true;
}

/** One rule: when, what, how often. */
export interface FaultRule {
  on?: FaultMatch;
  do: FaultAction;
  /** How many requests it hits at most; without it, all. */
  times?: number;
  /** 0…1, drawn from the seeded generator at each match. */
  probability?: number;
}

/** What a request is, as rules see it. */
export interface FaultSubject {
  method: string;
  path: string;
  query?: URLSearchParams;
  roomId: string | undefined;
  userId: string | undefined;
}

/** A rule in place. */
export interface FaultHandle {
  remove(): void;
  readonly hits: number;
}

/** The rules in force, in the order they were added. */
export interface Faults {
  add(rule: FaultRule): FaultHandle;
  clear(): void;
  /** Restarts the generator behind `probability`. */
  seed(n: number): void;
}

const SYNC_SHAPES = ["duplicateDelivery", "limitedSync", "changedOrder"] as const;
type SyncShape = (typeof SYNC_SHAPES)[number];

interface ActiveRule extends FaultRule {
  hits: number;
}

/** Keeps the rules and decides which of them hit. */
export class FaultTable implements Faults {
  #rules: ActiveRule[] = [];
  #random = generator(1);

  add(rule: FaultRule): FaultHandle {
    const shapes = SYNC_SHAPES.filter((key) => key in rule.do);
    if (shapes.length > 0 && shapes.length < Object.keys(rule.do).length) {
      throw new Error("Faults that shape /sync need a rule of their own");
    }
    const active: ActiveRule = { ...rule, hits: 0 };
    this.#rules.push(active);
    return {
      remove: () => {
        this.#rules = this.#rules.filter((entry) => entry !== active);
      },
      get hits() {
        return active.hits;
      },
    };
  }

  clear(): void {
    this.#rules = [];
  }

  seed(n: number): void {
    this.#random = generator(n);
  }

  /** Actions that hit this request, in order of their rules. */
  match(subject: FaultSubject): FaultAction[] {
    return this.#rules
      .filter((rule) => !SYNC_SHAPES.some((key) => key in rule.do) && this.#hits(rule, subject))
      .map((rule) => rule.do);
  }

  /** Takes the first rule of this shape that hits; used by /sync per room that has news. */
  take<K extends SyncShape>(shape: K, subject: FaultSubject): FaultAction[K] | undefined {
    for (const rule of this.#rules) {
      if (rule.do[shape] !== undefined && this.#hits(rule, subject)) return rule.do[shape];
    }
    return undefined;
  }

  #hits(rule: ActiveRule, subject: FaultSubject): boolean {
    if (rule.times !== undefined && rule.hits >= rule.times) return false;
    if (!matches(rule.on ?? {}, subject)) return false;
    if (rule.probability !== undefined && this.#random() >= rule.probability) return false;
    rule.hits += 1;
    return true;
  }
}

function matches(on: FaultMatch, subject: FaultSubject): boolean {
  if (on.method !== undefined && on.method !== subject.method) return false;
  if (on.path !== undefined && subject.path.search(on.path) < 0) return false;
  if (!Object.entries(on.query ?? {}).every(([name, value]) => subject.query?.get(name) === value))
    return false;
  if (on.roomId !== undefined && on.roomId !== subject.roomId) return false;
  return on.userId === undefined || on.userId === subject.userId;
}

/** A small seeded generator (mulberry32): 0 <= n < 1. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
