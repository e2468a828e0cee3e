import type { RoomId } from "../../../preload/contract/ids.ts";
import type { RoomMediaKind, RoomMediaView } from "../../../preload/contract/models/room-media.ts";
import type { OpenTopic } from "../api.ts";
import { RoomMedia, type RoomMediaDeps } from "./room-media.ts";

interface Params {
  readonly roomId: RoomId;
  readonly kind: RoomMediaKind;
}

/** Who looks at the media of which room: one list per question, however often it is asked. */
export interface RoomMediaTopic {
  open(params: Params, emit: (view: RoomMediaView) => void): OpenTopic<"roomMedia">;
  more(params: Params): Promise<void>;
  /** After a commit in these rooms; null: something was indexed, or other people's words may be shown. */
  changed(rooms: ReadonlySet<RoomId> | null): void;
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
      for (const { list, roomId } of lists.values()) if (rooms === null || rooms.has(roomId)) list.changed();
    },
    stop() {
      for (const { list } of lists.values()) list.close();
    },
  };
}
