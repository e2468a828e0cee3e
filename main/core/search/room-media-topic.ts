import type { RoomId } from "../../../preload/contract/ids.ts";
import type { RoomMediaKind, RoomMediaView } from "../../../preload/contract/models/room-media.ts";
import type { OpenTopic } from "../api.ts";
import type { IndexedDocument } from "./indexer.ts";
import { RoomMedia, type RoomMediaDeps } from "./room-media.ts";

interface Params {
  readonly roomId: RoomId;
  readonly kind: RoomMediaKind;
}

/** Who looks at the media of which room: one list per question, however often it is asked. */
export interface RoomMediaTopic {
  open(params: Params, emit: (view: RoomMediaView) => void): OpenTopic<"roomMedia">;
  more(params: Params): Promise<void>;
  /** After a commit in these rooms. */
  changed(rooms: ReadonlySet<RoomId>): void;
  /** After a slice of the indexer. */
  indexed(docs: readonly IndexedDocument[]): void;
  /** Other people's words may be shown than before. */
  peopleChanged(): void;
  stop(): void;
}

export function createRoomMediaTopic(deps: Omit<RoomMediaDeps, "onChange">): RoomMediaTopic {
  const lists = new Map<
    string,
    { list: RoomMedia; roomId: RoomId; readers: Set<(view: RoomMediaView) => void> }
  >();
  const keyOf = ({ roomId, kind }: Params): string => `${kind} ${roomId}`;

  function listOf(params: Params) {
    const key = keyOf(params);
    const known = lists.get(key);
    if (known !== undefined) return known;
    const readers = new Set<(view: RoomMediaView) => void>();
    const onChange = (view: RoomMediaView): void => readers.forEach((emit) => emit(view));
    const list = new RoomMedia({ ...deps, onChange }, params.roomId, params.kind);
    const one = { list, roomId: params.roomId, readers };
    lists.set(key, one);
    return one;
  }

  return {
    open(params, emit) {
      const one = listOf(params);
      const reader = (view: RoomMediaView): void => emit(view);
      // What changes before the answer is given is in it.
      const { view } = one.list;
      one.readers.add(reader);
      return {
        snapshot: view,
        stop() {
          one.readers.delete(reader);
          if (one.readers.size > 0 || lists.get(keyOf(params)) !== one) return;
          lists.delete(keyOf(params));
          one.list.close();
        },
      };
    },
    more: (params) => lists.get(keyOf(params))?.list.more() ?? Promise.resolve(),
    changed(rooms) {
      for (const { list, roomId } of lists.values()) if (rooms.has(roomId)) list.changed();
    },
    indexed(docs) {
      for (const { list, roomId } of lists.values()) {
        const mine = docs.filter((one) => one.roomId === roomId).map(({ doc }) => doc);
        if (mine.length > 0) list.changed(mine);
        list.indexMoved();
      }
    },
    peopleChanged() {
      for (const { list } of lists.values()) void list.lookAgain();
    },
    stop() {
      for (const { list } of lists.values()) list.close();
    },
  };
}
