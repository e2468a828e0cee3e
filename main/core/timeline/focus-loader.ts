import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import type { FocusState, PageDirection, PageState } from "../../../preload/contract/models/timeline.ts";
import { parseEvent, type JsonObject, type MatrixEvent } from "../event.ts";
import { toFailure, type Failure, type Result } from "../failure.ts";
import type { Log } from "../platform.ts";
import type { FocusWindow, NextRequest } from "./focus-window.ts";
import { PAGE_SIZE, type FetchMessages } from "./paginator.ts";

// Fills a timeline around an event: the store first, the server where the store has a hole. One request at a time per
// direction (PAG-17); it never tries again by itself (architecture.md, section 8).

/** Events asked for around a target. */
const AROUND = 60;
/** Rows of the store taken on each side of a target. */
const FIRST_ITEMS = 30;
/** Shown items that make a page worth the asking, and requests per ask. */
const ENOUGH_ITEMS = 20;
const MAX_REQUESTS = 20;
const FILTER = JSON.stringify({ lazy_load_members: true });

export type FetchAround = (request: {
  readonly roomId: RoomId;
  readonly eventId: EventId;
  readonly limit: number;
  readonly filter: string;
  readonly signal: AbortSignal;
}) => Promise<
  Result<{
    readonly event: JsonObject;
    readonly before: readonly unknown[];
    readonly after: readonly unknown[];
    readonly state: readonly unknown[];
    readonly start: string | null;
    readonly end: string | null;
  }>
>;

export interface FocusLoaderDeps {
  readonly roomId: RoomId;
  readonly target: EventId;
  readonly window: FocusWindow;
  readonly fetchMessages: FetchMessages;
  readonly fetchAround: FetchAround;
  /** Stores what the server told, apart from any place in the timeline. */
  readonly keep: (events: readonly MatrixEvent[]) => void;
  readonly log: Log;
  readonly onChange: () => void;
  readonly onUnauthorized: (failure: Failure) => void;
}

export interface FocusLoader {
  /** Takes what is stored; where the target is not, asks the server once the caller has what it opened. */
  begin(): void;
  paginate(direction: PageDirection): Promise<void>;
  state(): "found" | Extract<FocusState, { state: "loading" | "failed" }>;
  target(): EventId;
  page(direction: PageDirection): PageState;
  /** Something came to the room: what was not found may be here now. */
  roomChanged(): void;
  stop(): Promise<void>;
}

export function createFocusLoader(deps: FocusLoaderDeps): FocusLoader {
  const { roomId, window } = deps;
  const stopping = new AbortController();
  const running = new Map<PageDirection | "target", Promise<void>>();
  const loading = new Set<PageDirection>();
  const failures = new Map<PageDirection, Failure>();
  let { target } = deps;
  let isFound = false;
  let failure: Failure | null = null;

  function once(what: PageDirection | "target", run: () => Promise<void>): Promise<void> {
    const joined = running.get(what);
    if (joined !== undefined) return joined;
    const promise = run().finally(() => {
      running.delete(what);
      if (what !== "target") loading.delete(what);
      if (!stopping.signal.aborted) deps.onChange();
    });
    running.set(what, promise);
    return promise;
  }

  function takeStored(): boolean {
    if (!window.beginStored(target)) return false;
    isFound = true;
    failure = null;
    for (const direction of ["backward", "forward"] as const)
      window.grow(direction, FIRST_ITEMS, FIRST_ITEMS);
    return true;
  }

  async function askForTarget(): Promise<void> {
    failure = null;
    const { signal } = stopping;
    const answer = await deps.fetchAround({ roomId, eventId: target, limit: AROUND, filter: FILTER, signal });
    if (signal.aborted || isFound) return;
    const event = answer.ok ? parseEvent(answer.value.event) : null;
    if (!answer.ok) failure = noted(answer.failure);
    else if (event === null) failure = { kind: "malformed", message: "the answer holds no event" };
    else {
      const { before, after, state, start, end } = answer.value;
      const events = [...sound(before).reverse(), event, ...sound(after)];
      target = event.eventId;
      deps.keep(events);
      window.beginRemembered({ events, target, state: sound(state), start, end });
      isFound = true;
    }
  }

  async function loadPage(direction: PageDirection): Promise<void> {
    let gained = window.grow(direction, ENOUGH_ITEMS, PAGE_SIZE);
    for (let requests = 0; gained < ENOUGH_ITEMS && requests < MAX_REQUESTS; requests++) {
      const next = window.next(direction);
      if (next === null) return;
      failures.delete(direction);
      loading.add(direction);
      deps.onChange();
      const page = await fetchPage(direction, next);
      if (stopping.signal.aborted) return;
      if (!page.ok) return void failures.set(direction, noted(page.failure));
      deps.keep(page.value.events);
      gained += window.add(direction, page.value);
      gained += window.grow(direction, Math.max(0, ENOUGH_ITEMS - gained), PAGE_SIZE);
    }
  }

  async function fetchPage(
    direction: PageDirection,
    next: Exclude<NextRequest, null>,
  ): Promise<Result<{ events: MatrixEvent[]; state: MatrixEvent[]; end: string | null }>> {
    try {
      const asked = { roomId, limit: PAGE_SIZE, filter: FILTER, signal: stopping.signal };
      if ("from" in next) {
        const page = await deps.fetchMessages({ ...asked, from: next.from, direction });
        if (!page.ok) return page;
        const { chunk, state, end } = page.value;
        return { ok: true, value: { events: sound(chunk), state: sound(state), end } };
      }
      const around = await deps.fetchAround({ ...asked, eventId: next.around });
      if (!around.ok) return around;
      const { before, after, state, start, end } = around.value;
      const isBackward = direction === "backward";
      const events = sound(isBackward ? before : after);
      // With nothing on this side the token leads nowhere.
      const token = events.length === 0 ? null : isBackward ? start : end;
      return { ok: true, value: { events, state: sound(state), end: token } };
    } catch (error) {
      return { ok: false, failure: toFailure(error) };
    }
  }

  /** One bad event does not stop the page (MAL-03). */
  function sound(values: readonly unknown[]): MatrixEvent[] {
    return values.map(parseEvent).filter((event) => event !== null);
  }

  function noted(found: Failure): Failure {
    deps.log("info", "focus-failed", { roomId, kind: found.kind, status: found.status });
    if (found.kind === "unauthorized") deps.onUnauthorized(found);
    return found;
  }

  return {
    begin() {
      if (!takeStored()) queueMicrotask(() => void once("target", askForTarget));
      else
        queueMicrotask(() => {
          for (const direction of ["backward", "forward"] as const)
            if (window.next(direction) !== null && isShort(direction)) void paginate(direction);
        });
    },
    paginate,
    state: () => (isFound ? "found" : failure === null ? { state: "loading" } : { state: "failed", failure }),
    target: () => target,
    page(direction) {
      if (loading.has(direction)) return "loading";
      const failed = failures.get(direction);
      if (failed !== undefined) return { failed };
      return window.isDone(direction) ? "exhausted" : "idle";
    },
    roomChanged() {
      if (!isFound) takeStored();
    },
    async stop() {
      stopping.abort();
      await Promise.allSettled(running.values());
    },
  };

  /** Too little beside the target for a first screen. */
  function isShort(direction: PageDirection): boolean {
    const { entries } = window;
    const at = entries.findIndex((entry) => entry.row.eventId === target);
    return (direction === "backward" ? at : entries.length - 1 - at) < ENOUGH_ITEMS;
  }

  function paginate(direction: PageDirection): Promise<void> {
    if (stopping.signal.aborted) return Promise.resolve();
    if (!isFound) {
      if (failure === null && running.size === 0) return Promise.resolve();
      const run = once("target", askForTarget);
      deps.onChange();
      return run;
    }
    // Who is not let in is not let in by asking again (PAG-14).
    if (failures.get(direction)?.errcode === "M_FORBIDDEN") return Promise.resolve();
    return once(direction, () => loadPage(direction));
  }
}
