import { tick, untrack } from "svelte";
import type { TimelineItem } from "../../preload/contract/models/timeline.ts";
import type { AppState } from "../state/app.svelte.ts";
import type { Panel, Target } from "../state/navigation.svelte.ts";
import type { OpenRoom } from "../state/open-rooms.ts";
import type { TimelineState } from "../state/timeline.svelte.ts";
import { wroteSomething } from "./arrivals.ts";
import type { LogView } from "./log-view.svelte.ts";

/** Going to a message somebody asked for, and from there back to the present. */
export class Jump {
  /** Key of the row that is marked; null when none is. */
  key = $state.raw<string | null>(null);
  readonly #app: AppState;
  readonly #open: OpenRoom;
  readonly #timeline: TimelineState;
  readonly #view: LogView;
  /** The jump that was made last; each is made once, and scrolling about is not undone. */
  #done: Target | null = null;
  #inThread: { readonly panel: Panel; readonly target: Target } | null = null;
  #hasMoved = $state.raw(false);
  #written: readonly TimelineItem[];

  constructor(app: AppState, open: OpenRoom, timeline: TimelineState, view: LogView) {
    this.#app = app;
    this.#open = open;
    this.#timeline = timeline;
    this.#view = view;
    this.#written = untrack(() => open.timeline.items);
  }

  /** Goes to the target once it is there; for an effect. */
  follow(log: HTMLElement | undefined): void {
    const target = this.#target();
    const { items } = this.#timeline;
    if (target === null) this.key = null;
    if (target === null || target === this.#done || target.roomId !== this.#timeline.roomId) return;
    const itemId = this.#itemId(target, items);
    if (itemId === null) return;
    untrack(() => {
      const key = this.#view.goToItem(itemId);
      if (key === null) return;
      this.#done = target;
      this.#hasMoved = false;
      this.key = key;
      void tick().then(() => focusRow(log, key));
    });
  }

  /** The reader scrolled. */
  moved(): void {
    this.#hasMoved = true;
  }

  toEnd(): void {
    this.key = null;
    this.#view.goToEnd();
  }

  /**
   * Whoever has read on to the present is there: the live timeline takes over, the same messages at the same place. And
   * whoever writes wants to see it. For an effect.
   */
  leaveWhenDone(): void {
    if (this.#timeline.focusId === null) return;
    const { items } = this.#open.timeline;
    const isAtPresent = this.#timeline.isLive && this.#view.isAtEnd && this.#hasMoved;
    const hasWritten = wroteSomething(items, this.#written);
    this.#written = items;
    if (isAtPresent || hasWritten) untrack(() => this.#app.navigation.showLatest());
  }

  /** The server is back: what could not be looked for without it is looked for now. */
  reconnected(): void {
    const { focus } = this.#timeline;
    if (focus?.state === "failed" && focus.failure.errcode === undefined)
      void this.#timeline.paginate().catch(() => undefined);
  }

  /** In a thread it is the reply the panel was opened for. */
  #target(): Target | null {
    const { target, panel, roomId } = this.#app.navigation;
    if (this.#timeline.thread === null) return target;
    if (panel?.kind !== "thread" || panel.target === null || roomId === null) return null;
    // Asked for again it is gone to again.
    if (this.#inThread?.panel !== panel)
      this.#inThread = { panel, target: { roomId, ...panel.target, focusId: null } };
    return this.#inThread.target;
  }

  #itemId(target: Target, items: readonly TimelineItem[]): string | null {
    if (target.eventId === null) return items.find(({ id }) => id === target.transactionId)?.id ?? null;
    const found = items.find((item) => "eventId" in item && item.eventId === target.eventId);
    const { focus } = this.#timeline;
    if (found !== undefined) return found.id;
    if (focus === null || target.eventId !== this.#timeline.focusId) return null;
    return focus.state === "shown" || focus.state === "live" ? focus.target : null;
  }
}

/** The keyboard goes on from the message that was jumped to. */
function focusRow(log: HTMLElement | undefined, key: string): void {
  log?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}
