import type { RoomId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import { FailureError, invalid } from "../failure.ts";
import type { Drafts } from "./drafts.ts";

interface Writing {
  readonly drafts: Pick<Drafts, "isWritten" | "save">;
  /** The files beside them. */
  readonly tray: {
    load(roomId: RoomId, thread: MessageTarget): readonly unknown[];
    save(roomId: RoomId, files: readonly never[], thread: MessageTarget): void;
  };
  readonly isWaiting: (roomId: RoomId, target: MessageTarget) => boolean;
}

/**
 * A message that is not sent is deleted at once, unasked and without a way back, and its thread with it: what waits in the
 * composer there could never be read again. Nobody has said that those words may go, so the deletion is refused until
 * they are sent or removed by hand. What has no words, blanks or only whom it answers, goes with the message. A message
 * that was sent leaves its thread, and what is written in it, where it is.
 */
export function whileNothingIsWritten({ drafts, tray, isWaiting }: Writing) {
  return <T>(roomId: RoomId, root: MessageTarget, remove: () => T): T => {
    if (!isWaiting(roomId, root)) return remove();
    if (drafts.isWritten(roomId, root) || tray.load(roomId, root).length > 0)
      throw new FailureError(invalid(WRITTEN_IN_THREAD));
    const removed = remove();
    // Not where it came too late: its thread is there.
    if (!isWaiting(roomId, root)) {
      drafts.save(roomId, null, root);
      tray.save(roomId, [], root);
    }
    return removed;
  };
}

/** Known to the page by this word. */
const WRITTEN_IN_THREAD = "written-in-thread";
