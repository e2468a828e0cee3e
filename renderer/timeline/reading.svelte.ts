import { untrack } from "svelte";
import type { TimelineItem } from "../../preload/contract/models/timeline.ts";
import type { TimelineState } from "../state/timeline.svelte.ts";
import { oneLine } from "../text/state-sentence.ts";
import { strings } from "../text/timeline-strings.ts";
import { arrivedAfter, lastToStay, newestEdit, newestOfOthers, wroteSomething } from "./arrivals.ts";
import type { LogView } from "./log-view.svelte.ts";

/** What the reader has seen: the count on "Jump to latest", read receipts, and what is announced. */
export class Reading {
  /** Messages of others that came while the end was out of view. */
  arrivedCount = $state.raw(0);
  /** For assistive tools: what just came, in words. */
  announcement = $state.raw("");
  /** The window is in front and has the focus. */
  isLooking = $state.raw(false);
  readonly #timeline: TimelineState;
  readonly #view: LogView;
  #seenId: string | null = null;
  #announcedId: string | null = null;
  /** The message whose words `announcement` repeats. */
  #spokenId: string | null = null;
  /** The newest event that was said to be read, and the newest edit seen with it. */
  #marked: string | null = null;
  #items: readonly TimelineItem[] = [];
  /** The reader wants it unread: looking at it is not reading, until they come to the room again. */
  #isHeld = false;

  constructor(timeline: TimelineState, view: LogView) {
    this.#timeline = timeline;
    this.#view = view;
  }

  /** New items are about to be shown. */
  before(items: readonly TimelineItem[]): void {
    if (wroteSomething(items, this.#items)) this.#view.model.goToEnd();
    this.#items = items;
  }

  /** They are laid out. */
  after(items: readonly TimelineItem[]): void {
    const lastId = lastToStay(items);
    if (!this.#timeline.isLive) {
      // Pages of history that come below are no news.
      this.#announcedId = this.#seenId = lastId;
      return;
    }
    this.#announce(items, lastId);
    if (this.#view.isAtEnd || this.#seenId === null) this.#seenId = lastId;
    this.arrivedCount = this.#view.isAtEnd ? 0 : arrivedAfter(items, this.#seenId).length;
  }

  /** Once per newest event, when the end is in view of someone who looks. */
  markRead(): void {
    if (!this.#view.isAtEnd || !this.#timeline.isLive) return;
    this.#seenId = lastToStay(this.#items);
    this.arrivedCount = 0;
    if (!this.isLooking || this.#isHeld) return;
    const newest = newestOfOthers(this.#items);
    // An edit may have told us of itself: it is seen here, too.
    const mark = `${newest} ${newestEdit(this.#items)}`;
    if (newest === null || mark === this.#marked) return;
    this.#marked = mark;
    this.#timeline.markRead(newest).catch(() => {
      // The core could not keep it: the next occasion says it again.
      if (this.#marked === mark) this.#marked = null;
    });
  }

  hold(): void {
    this.#isHeld = true;
  }

  /** The "New" line stands from now on where reading ended. Without an answer it only stands elsewhere. */
  visit(): void {
    this.#timeline.visit().catch(() => undefined);
  }

  watchWindow(): () => void {
    const look = () => {
      const isLooking = document.visibilityState === "visible" && document.hasFocus();
      // Before anything is marked as read: what came meanwhile is new to those who come back.
      if (isLooking && !untrack(() => this.isLooking)) this.visit();
      this.isLooking = isLooking;
    };
    look();
    window.addEventListener("focus", look);
    window.addEventListener("blur", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      window.removeEventListener("focus", look);
      window.removeEventListener("blur", look);
      document.removeEventListener("visibilitychange", look);
    };
  }

  #announce(items: readonly TimelineItem[], lastId: string | null): void {
    // What was there when the room was opened is read by going through it.
    const arrived = this.#announcedId === null ? [] : arrivedAfter(items, this.#announcedId);
    this.#announcedId = lastId;
    const [only] = arrived;
    if (only === undefined) {
      // Words that were taken back are not to be found here either (RED-02).
      if (this.#spokenId !== null && !isMessage(items, this.#spokenId)) this.#speak("", null);
      return;
    }
    if (arrived.length === 1)
      this.#speak(strings.announce(only.sender.name, oneLine(only.body.text)), only.id);
    else this.#speak(strings.announceMany(arrived.length), null);
  }

  #speak(words: string, spokenId: string | null): void {
    this.announcement = words;
    this.#spokenId = spokenId;
  }
}

const isMessage = (items: readonly TimelineItem[], id: string): boolean =>
  items.findLast((item) => item.id === id)?.kind === "message";
