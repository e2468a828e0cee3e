import type { RoomId } from "../../../preload/contract/ids.ts";
import { isObject, objectOf, type JsonObject } from "../event.ts";
import { roomQueries } from "../store/queries/rooms.ts";
import { packQueries } from "../store/queries/packs.ts";
import type { Store } from "../store/store.ts";
import { oneLine } from "../text.ts";
import { parsePack, type Pack } from "./pack.ts";

// Which packs there are for a room, from what is stored, in the order of the specification (Image pack source priority):
// our own first, which only MSC2545 knows; those we have everywhere; those of the room; those of its spaces.

/** Our own pack. The specification of v1.19 has none for a person: this is what all clients that have one write. */
export const OWN_PACK = "im.ponies.user_emotes";
/** Packs of rooms that are for everywhere, and packs in rooms: each as in the specification, and as it was before. */
const EVERYWHERE = ["m.image_pack.rooms", "im.ponies.emote_rooms"] as const;
const IN_ROOM = ["m.room.image_pack", "im.ponies.room_emotes"] as const;

const MOST_PACKS = 50;
/** Spaces above a room that are looked at. */
const MAX_DEPTH = 5;

/** `asWished`: our own pack as the user wants it, of what is stored. */
export function createStoredPacks(
  store: Pick<Store, "cache">,
  ownName: string,
  asWished: (content: JsonObject) => JsonObject,
) {
  const rooms = roomQueries(store.cache);
  const queries = packQueries(store.cache);

  function accountData(type: string): JsonObject {
    const row = rooms.loadAccountData.get({ roomId: "", type });
    return row === undefined ? {} : objectFrom(row.content);
  }

  const isIn = (roomId: RoomId): boolean => queries.roomFacts.get({ roomId })?.membership === "join";

  /** Packs of rooms we are in only: what a room we left says may be anything by now. */
  function packsOf(roomId: RoomId, isMeant: (stateKey: string) => boolean): readonly Pack[] {
    if (!isIn(roomId)) return [];
    const roomName = oneLine(queries.roomFacts.get({ roomId })?.name ?? roomId, 100);
    const found = new Map<string, Pack>();
    for (const type of IN_ROOM) {
      for (const { stateKey, content } of queries.stateOfType.all({ roomId, type, limit: MOST_PACKS })) {
        const id = `${roomId} ${stateKey}`;
        if (found.has(id) || !isMeant(stateKey)) continue;
        const pack = parsePack(objectFrom(content), { id, name: roomName, isOwn: false });
        if (pack !== null) found.set(id, pack);
      }
    }
    return [...found.values()];
  }

  function everywhere(): readonly Pack[] {
    return EVERYWHERE.flatMap((type) =>
      Object.entries(objectOf(accountData(type), "rooms"))
        .slice(0, MOST_PACKS)
        .flatMap(([roomId, keys]) =>
          isObject(keys) ? packsOf(roomId as RoomId, (stateKey) => Object.hasOwn(keys, stateKey)) : [],
        ),
    );
  }

  /** The spaces that a room names as its own, and theirs; each once. */
  function spacesAbove(roomId: RoomId): readonly RoomId[] {
    const above: RoomId[] = [];
    let current = [roomId];
    for (let depth = 0; depth < MAX_DEPTH && current.length > 0; depth++) {
      current = current
        .flatMap((one) => canonicalParents(one))
        .filter((one, at, all) => one !== roomId && !above.includes(one) && all.indexOf(one) === at);
      above.push(...current);
    }
    return above;
  }

  const canonicalParents = (roomId: RoomId): readonly RoomId[] =>
    queries.stateOfType
      .all({ roomId, type: "m.space.parent", limit: 10 })
      .filter(
        ({ stateKey, content }) => objectFrom(content)["canonical"] === true && isIn(stateKey as RoomId),
      )
      .map(({ stateKey }) => stateKey as RoomId);

  const all = (): boolean => true;
  const ownContent = (): JsonObject => asWished(accountData(OWN_PACK));

  return {
    forRoom(roomId: RoomId): readonly Pack[] {
      const own = parsePack(ownContent(), { id: "own", name: ownName, isOwn: true });
      const packs = [
        ...(own === null ? [] : [{ ...own, name: ownName }]),
        ...everywhere(),
        ...packsOf(roomId, all),
        ...spacesAbove(roomId).flatMap((space) => packsOf(space, all)),
      ];
      const once = packs.filter(({ id }, at) => packs.findIndex((one) => one.id === id) === at);
      return once.slice(0, MOST_PACKS);
    },
    own: ownContent,
  };
}

function objectFrom(json: string): JsonObject {
  const value: unknown = JSON.parse(json);
  return isObject(value) ? value : {};
}
