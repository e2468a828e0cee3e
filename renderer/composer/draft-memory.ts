import type { RoomState } from "../state/room.svelte.ts";

// The room topic tells the stored draft only once, when it is opened, and stays open for a while after the room was
// left. What was typed since then is kept beside the room's state, and goes with it.
const drafts = new WeakMap<RoomState, string>();

/** Null when nothing was typed since the room was opened: then the topic knows. */
export const draftInMemory = (room: RoomState): string | null => drafts.get(room) ?? null;

export function keepDraftInMemory(room: RoomState, text: string): void {
  drafts.set(room, text);
}
