import { untrack } from "svelte";
import type { MessageTarget } from "../../preload/contract/models/message-content.ts";
import type { Quote } from "../../preload/contract/models/timeline.ts";
import type { OpenRoom } from "../state/open-rooms.ts";
import { isSameMessage } from "./halfway.ts";
import type { Writing } from "./writing.svelte.ts";

/**
 * What is answered and what is edited may be deleted by anybody, at any moment: what is being written hears of it. To be
 * called while the component of the field is made.
 */
export function followMessages(
  { room, timeline }: Pick<OpenRoom, "room" | "timeline">,
  writing: Writing,
): void {
  /** Watches that message, the same watch for as long as it is the same message. */
  function follow(target: () => MessageTarget | null, hear: (quote: Quote) => void): void {
    const eventId = $derived(target()?.eventId ?? null);
    const transactionId = $derived(target()?.transactionId ?? null);
    const topic = $derived(
      eventId === null && transactionId === null ? null : room.quote({ eventId, transactionId }),
    );
    $effect(() => {
      const quote = topic?.value ?? null;
      if (quote !== null) untrack(() => hear(quote));
    });
  }
  follow(
    () => writing.replying,
    (quote) => writing.heardOfAnswered(quote),
  );
  follow(
    () => writing.editing,
    (quote) => writing.heardOfEdited(quote),
  );
  // The app ended in the middle of an edit: it goes on once its message is here.
  follow(
    () => writing.resuming,
    (quote) => writing.heardOfResuming(quote),
  );
  $effect(() => {
    const { resuming } = writing;
    if (resuming === null) return;
    const item = timeline.items.findLast(
      (one) => one.kind === "message" && one.sender.isOwn && isSameMessage(one, resuming),
    );
    if (item?.kind === "message") untrack(() => void writing.resume(item));
  });
}
