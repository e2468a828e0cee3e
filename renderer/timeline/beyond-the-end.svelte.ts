import { tick } from "svelte";
import type { MessageItem, PageState } from "../../preload/contract/models/timeline.ts";
import { strings } from "../text/timeline-strings.ts";
import type { MediaBody } from "./media-body.ts";

/** A picture in the viewer. */
export interface ViewedImage extends Pick<MessageItem, "id" | "ts"> {
  readonly sender: Pick<MessageItem["sender"], "name">;
  readonly body: MediaBody;
}

/** What is beyond the first or the last picture that is loaded. */
export interface End {
  readonly state: PageState;
  /** Loads a page of it. Rejects where it cannot be had. */
  readonly more: () => Promise<void>;
}

/** Pages that are loaded for one press: a room of a million words and one picture is not fetched by holding a key. */
const PAGES = 10;

/** Looking for pictures beyond those that are loaded. */
export class BeyondTheEnd {
  isLooking = $state.raw(false);
  /** How it went, in words, where there was none. */
  note = $state.raw<string | null>(null);
  #isLeft = false;

  /** Loads pages until `take` has found one, the end is reached, or it has been long enough. */
  async look(where: "older" | "newer", end: () => End, take: () => boolean): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    this.note = null;
    try {
      for (let pages = 0; pages < PAGES && end().state !== "exhausted"; pages++) {
        await end().more();
        // What came is told by the timeline, and may stand there a moment later.
        await tick();
        if (this.#isLeft || take()) return;
      }
      this.note =
        end().state !== "exhausted"
          ? strings.noImageYet
          : where === "older"
            ? strings.oldestImage
            : strings.newestImage;
    } catch {
      this.note = strings.imagesFailed;
    } finally {
      this.isLooking = false;
    }
  }

  forget(): void {
    this.note = null;
  }

  /** The viewer is closed: nothing more is loaded. */
  leave(): void {
    this.#isLeft = true;
  }
}
