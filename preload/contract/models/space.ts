import type { RoomId } from "../ids.ts";

/** A space we are in. */
export interface SpaceView {
  readonly roomId: RoomId;
  readonly name: string;
  readonly avatar: string | null;
  /** 0 for a space that stands by itself, 1 for one within it, and so on; at most 8. */
  readonly depth: number;
  /** Everything below it that it names, spaces included, through all levels. */
  readonly rooms: readonly RoomId[];
}
