import type { Homeserver } from "../homeserver/index.ts";

/** Who signs in, and the room with the long history. */
export interface BenchWorld {
  readonly homeserver: string;
  readonly user: string;
  readonly password: string;
  /** Rooms in the list, the long one among them. */
  readonly rooms: number;
  /** The others of them. */
  readonly roomIds: readonly string[];
  readonly longRoom: { readonly roomId: string; readonly name: string; readonly messages: number };
}

export interface WorldSize {
  readonly rooms: number;
  /** Messages of the long room. */
  readonly history: number;
}

/** People of the world besides the user. */
const OTHERS = 40;
/** More than the 20 that come with a first sync, so that opened rooms have older history to ask for. */
const MESSAGES_PER_ROOM = 30;
const MINUTE = 60_000;

const words = "the dunlin runs along the wet sand and probes for worms while the tide goes out".split(" ");

/** The same world for the same size: names, words and times come from the index alone. */
export function buildWorld(hs: Homeserver, { rooms, history }: WorldSize): BenchWorld {
  const { world } = hs;
  world.wellKnown = null;
  const me = world.addUser("reader", { password: "bench", displayName: "Reader" }).userId;
  const others = Array.from(
    { length: OTHERS },
    (_, index) => world.addUser(`bird-${index}`, { displayName: `Bird ${index}` }).userId,
  );
  const person = (index: number): string => others[index % OTHERS] as string;
  const now = world.now();
  const fill = (roomId: string, count: number, seed: number, end: number): void => {
    world.sendMany(roomId, count, (index) => ({
      sender: index % 5 === 0 ? me : person(seed + (index % 4)),
      content: { msgtype: "m.text", body: sentence(seed + index) },
      originServerTs: end - (count - index) * MINUTE,
    }));
  };
  const roomIds: string[] = [];
  for (let index = 1; index < rooms; index += 1) {
    const begin = now - 1000 * 24 * 60 * MINUTE;
    const members = [me, ...Array.from({ length: 2 + (index % 7) }, (_, one) => person(index + one))];
    const roomId = world.at(begin, () =>
      world.createRoom({
        creator: person(index),
        members,
        name: roomName(index),
        isDirect: index % 10 === 0,
      }),
    );
    roomIds.push(roomId);
    fill(roomId, MESSAGES_PER_ROOM, index, now - index * 7 * MINUTE);
  }
  const name = "Long history";
  const longRoom = world.at(now - 1000 * 24 * 60 * MINUTE, () =>
    world.createRoom({ creator: person(0), members: [me, ...others.slice(0, 4)], name }),
  );
  fill(longRoom, history, 0, now - MINUTE);
  return {
    homeserver: hs.baseUrl,
    user: "reader",
    password: "bench",
    rooms,
    roomIds,
    longRoom: { roomId: longRoom, name, messages: history },
  };
}

const roomName = (index: number): string =>
  `Shore ${String(index).padStart(5, "0")} ${words[index % words.length] ?? ""}`;

/** 2 to 19 words: one or two lines. */
function sentence(seed: number): string {
  const length = 2 + ((seed * 7) % 18);
  return Array.from({ length }, (_, index) => words[(seed + index * 3) % words.length]).join(" ");
}
