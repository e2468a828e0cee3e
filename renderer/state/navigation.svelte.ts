import type { RoomId } from "../../preload/contract/ids.ts";

/** What lies over the room list and the timeline. */
export type Overlay = "settings" | "outbox" | "shortcuts";

/** Remembers the open room over a reload. */
export interface PlaceMemory {
  load(): RoomId | null;
  save(roomId: RoomId | null): void;
}

/** Where the user is. */
export class Navigation {
  #roomId = $state.raw<RoomId | null>(null);
  overlay = $state.raw<Overlay | null>(null);
  readonly #memory: PlaceMemory;

  constructor(memory: PlaceMemory) {
    this.#memory = memory;
    this.#roomId = memory.load();
  }

  /** The room whose timeline is shown, or null for none. */
  get roomId(): RoomId | null {
    return this.#roomId;
  }

  openRoom(roomId: RoomId): void {
    if (this.#roomId === roomId) return;
    this.#roomId = roomId;
    this.#memory.save(roomId);
  }
  leaveRoom(): void {
    this.#roomId = null;
    this.#memory.save(null);
  }
  show(overlay: Overlay): void {
    this.overlay = overlay;
  }
  closeOverlay(): void {
    this.overlay = null;
  }
}
