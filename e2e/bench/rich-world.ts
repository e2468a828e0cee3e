import { landscapePicture } from "../homeserver/demo-pictures.ts";
import type { Homeserver } from "../homeserver/index.ts";
import type { BenchWorld } from "./world.ts";
import { buildWorld } from "./world.ts";

// Rooms of an unusual size: one with a crowd, one with a picture in every fourth message, one of pictures alone, and one
// where a message has a thousand reactions.

export interface RichSize {
  /** Members of the crowd. */
  readonly crowd: number;
  /** Messages of the room with pictures. */
  readonly history: number;
}

export interface BigRoom {
  readonly roomId: string;
  readonly name: string;
  /** Members, messages, pictures or reactions. */
  readonly size: number;
}

export interface RichWorld extends BenchWorld {
  readonly crowd: BigRoom;
  readonly pictures: BigRoom;
  readonly gallery: BigRoom;
  readonly reactions: BigRoom;
}

/** Besides these rooms: enough for a list. */
const OTHER_ROOMS = 20;
const GALLERY = 500;
const REACTIONS = 1000;
/** Different pictures; each message has an address of its own, so that each is fetched, kept and decoded. */
const SCENES = 24;
const HOUR = 3_600_000;

/** Fills the homeserver; the same for the same size. */
export function buildRichWorld(hs: Homeserver, { crowd, history }: RichSize): RichWorld {
  const base = buildWorld(hs, { rooms: OTHER_ROOMS, history: 100 });
  const { world } = hs;
  const scenes = Array.from({ length: SCENES }, (_, index) => landscapePicture(index));
  const picture = (index: number) => {
    const bytes = scenes[index % SCENES] ?? new Uint8Array();
    const url = world.uploadMedia(bytes, "image/png", `shore-${index}.png`);
    const info = { mimetype: "image/png", size: bytes.length, w: 480, h: 320 };
    return { msgtype: "m.image", body: `shore-${index}.png`, url, info };
  };
  const begin = world.now() - 1000 * HOUR;
  const room = (name: string): string =>
    world.at(begin, () =>
      world.createRoom({ creator: "bird-0", members: ["reader", "bird-1", "bird-2"], name }),
    );
  return {
    ...base,
    rooms: base.rooms + 4,
    crowd: makeCrowd(room("The crowd"), crowd),
    pictures: fill(room("Talk with pictures"), "Talk with pictures", history, (index) =>
      index % 4 === 1 ? picture(index) : `${index} ${"and what was seen ".repeat(1 + (index % 7))}`,
    ),
    gallery: fill(room("Only pictures"), "Only pictures", GALLERY, (index) => picture(1_000_000 + index)),
    reactions: makeReactions(room("Much loved")),
  };

  function fill(
    roomId: string,
    name: string,
    size: number,
    content: (index: number) => string | Record<string, unknown>,
  ): BigRoom {
    world.sendMany(roomId, size, (index) => ({
      sender: `bird-${Math.floor(index / 5) % 3}`,
      content: content(index),
      originServerTs: begin + Math.floor((index * 900 * HOUR) / size),
    }));
    return { roomId, name, size };
  }

  function makeCrowd(roomId: string, size: number): BigRoom {
    for (let index = 0; index < size; index += 1)
      world.join(roomId, `@visitor-${index}:far.bench`, {
        displayName: `${birds[index % birds.length]} ${String(index).padStart(5, "0")}`,
      });
    world.sendMessage(roomId, "bird-0", "everybody is here");
    return { roomId, name: "The crowd", size: size + 4 };
  }

  function makeReactions(roomId: string): BigRoom {
    const target = world.sendMessage(roomId, "bird-0", "This is loved by a thousand.");
    world.sendMany(roomId, REACTIONS, (index) => ({
      sender: `@visitor-${index}:far.bench`,
      type: "m.reaction",
      content: {
        "m.relates_to": {
          rel_type: "m.annotation",
          event_id: target,
          key: keys[Math.floor(Math.sqrt(index)) % keys.length],
        },
      },
    }));
    return { roomId, name: "Much loved", size: REACTIONS };
  }
}

const birds = ["Dunlin", "Ruff", "Knot", "Curlew", "Whimbrel", "Godwit", "Plover", "Avocet"];
/** Code points that are one emoji each, from U+1F600 on. */
const keys = Array.from({ length: 40 }, (_, index) => String.fromCodePoint(0x1f600 + index));
