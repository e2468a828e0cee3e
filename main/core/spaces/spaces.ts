import type { RoomId } from "../../../preload/contract/ids.ts";
import type { FoundRoom, SpaceEntry } from "../../../preload/contract/models/directory.ts";
import type { SpaceView } from "../../../preload/contract/models/space.ts";
import type { Handlers, TopicSources } from "../api.ts";
import { isObject, objectOf, stringOf, type JsonObject } from "../event.ts";
import { valueOf } from "../failure.ts";
import { fetchHierarchy } from "../homeserver/directory.ts";
import type { Http } from "../homeserver/http.ts";
import { putState } from "../homeserver/room-state.ts";
import { mxcPath } from "../mxc.ts";
import { memberQueries } from "../store/queries/members.ts";
import { roomQueries } from "../store/queries/rooms.ts";
import type { Store } from "../store/store.ts";
import { orderOf, placeSpaces, sortChildren, type SpaceNode } from "./tree.ts";

// The spaces we are in, and what is in them.

export interface SpacesDeps {
  readonly store: Store;
  readonly http: Http;
  /** Servers that know the room, our own first. */
  readonly viaOf: (roomId: RoomId) => readonly string[];
  /** A room as the server describes it; null for what is none. */
  readonly parseRoom: (raw: JsonObject, via: readonly string[]) => FoundRoom | null;
}

export interface Spaces {
  readonly handlers: Pick<Handlers, "browseSpace" | "setSpaceChild">;
  readonly sources: Pick<TopicSources, "spaces">;
  changed(roomIds: ReadonlySet<RoomId>): void;
}

const AVATAR = { width: 96, height: 96, method: "crop" } as const;
/** Rooms of one page of a space. */
const PAGE = 30;

export function createSpaces(deps: SpacesDeps): Spaces {
  const { store, http } = deps;
  const rooms = roomQueries(store.cache);
  const queries = memberQueries(store.cache);
  const watchers = new Set<(views: readonly SpaceView[]) => void>();
  let shown = "";

  function childrenOf(roomId: RoomId): readonly RoomId[] {
    const entries = queries.stateOfType.all({ roomId, type: "m.space.child" }).flatMap((row) => {
      const content: unknown = JSON.parse(row.content);
      // An empty content, or one without servers, is a child taken away.
      if (!isObject(content) || !Array.isArray(content["via"]) || content["via"].length === 0) return [];
      return [{ roomId: row.stateKey as RoomId, order: orderOf(content["order"]) }];
    });
    return sortChildren(entries);
  }

  function load(): readonly SpaceView[] {
    const nodes = queries.joinedSpaces
      .all({})
      .map(({ roomId }): SpaceNode => ({ roomId, children: childrenOf(roomId) }));
    return placeSpaces(nodes).map(({ roomId, depth, rooms: below }) => {
      const row = rooms.loadRoom.get({ roomId });
      const avatar = row?.avatarMxc ?? null;
      return {
        roomId,
        name: row?.name ?? roomId,
        avatar: avatar === null ? null : mxcPath(avatar, AVATAR),
        depth,
        rooms: below,
      };
    });
  }

  async function browse(roomId: RoomId, from: string | null) {
    const page = valueOf(await fetchHierarchy(http, { roomId, from, limit: PAGE }));
    const suggested = new Map<string, { via: readonly string[]; isSuggested: boolean }>();
    for (const { stateKey, content } of queries.stateOfType.all({ roomId, type: "m.space.child" })) {
      const child = JSON.parse(content) as JsonObject;
      const via = Array.isArray(child["via"]) ? child["via"].filter((one) => typeof one === "string") : [];
      suggested.set(stateKey, { via, isSuggested: child["suggested"] === true });
    }
    // A space we are not in tells of its children in its own entry.
    for (const raw of page.rooms) noteChildren(raw, suggested);
    const entries = page.rooms.flatMap((raw): SpaceEntry[] => {
      const id = stringOf(raw, "room_id") ?? "";
      if (id === roomId) return [];
      const child = suggested.get(id);
      const room = deps.parseRoom(raw, child?.via ?? []);
      return room === null ? [] : [{ ...room, isSuggested: child?.isSuggested ?? false }];
    });
    return { rooms: entries, next: page.next };
  }

  return {
    handlers: {
      browseSpace: ({ roomId, from }) => browse(roomId, from),
      async setSpaceChild({ spaceId, roomId, isChild }) {
        const content = isChild ? { via: deps.viaOf(roomId) } : {};
        valueOf(await putState(http, { roomId: spaceId, type: "m.space.child", stateKey: roomId, content }));
      },
    },
    sources: {
      spaces: (_params, emit) => {
        const snapshot = load();
        shown = JSON.stringify(snapshot);
        watchers.add(emit);
        return { snapshot, stop: () => watchers.delete(emit) };
      },
    },
    changed(roomIds) {
      if (watchers.size === 0) return;
      const isOfUs = (roomId: RoomId): boolean => queries.isSpace.get({ roomId }) !== undefined;
      if (![...roomIds].some(isOfUs)) return;
      const next = load();
      const text = JSON.stringify(next);
      if (text === shown) return;
      shown = text;
      for (const emit of watchers) emit(next);
    },
  };
}

function noteChildren(
  raw: JsonObject,
  into: Map<string, { via: readonly string[]; isSuggested: boolean }>,
): void {
  const states: unknown = raw["children_state"];
  if (!Array.isArray(states)) return;
  for (const event of states as readonly unknown[]) {
    if (!isObject(event)) continue;
    const key = stringOf(event, "state_key");
    const content = objectOf(event, "content");
    if (key === null || into.has(key)) continue;
    const via = Array.isArray(content["via"]) ? content["via"].filter((one) => typeof one === "string") : [];
    into.set(key, { via, isSuggested: content["suggested"] === true });
  }
}
