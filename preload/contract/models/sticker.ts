import type { MxcUri, RoomId } from "../ids.ts";

/** One picture of a pack. What its maker says of it is plain text, one line, and no address. */
export interface PackPicture {
  /** Names it within its pack; what is typed between two colons, without them. */
  readonly shortcode: string;
  /** What it shows, for those who do not see it. */
  readonly words: string;
  readonly mxc: MxcUri;
  /** A small version of it, below the resources base. */
  readonly path: string;
}

/** A pack of stickers and custom emoji (spec: Image packs). */
export interface PicturePack {
  /** Names it among those of one view. */
  readonly id: string;
  readonly name: string;
  /** Ours: it can be added to and taken from. */
  readonly isOwn: boolean;
  readonly stickers: readonly PackPicture[];
  readonly emoji: readonly PackPicture[];
}

/** What can be sent in a room, in the order to show it: our own pack, those we have everywhere, those of the room. */
export interface StickersView {
  readonly roomId: RoomId;
  readonly packs: readonly PicturePack[];
}
