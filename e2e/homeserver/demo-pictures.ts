import { crc32, deflateSync } from "node:zlib";

type Colour = readonly [red: number, green: number, blue: number];
type Shade = (x: number, y: number) => Colour;

/** A PNG of the given size, each pixel asked from `shade` (colours 0…255). */
function png(width: number, height: number, shade: Shade): Uint8Array {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y += 1) {
    const start = y * (width * 3 + 1) + 1;
    for (let x = 0; x < width; x += 1) {
      const colour = shade(x, y);
      for (let part = 0; part < 3; part += 1) rows[start + x * 3 + part] = colour[part] ?? 0;
    }
  }
  return pngFile(width, height, { depth: 8, colours: 2 }, deflateSync(rows, { level: 4 }));
}

interface PixelKind {
  /** Bits of a sample. */
  readonly depth: number;
  /** 0 grey, 2 red, green and blue. */
  readonly colours: number;
}

/** A PNG around rows that are compressed already. */
function pngFile(width: number, height: number, { depth, colours }: PixelKind, rows: Buffer): Uint8Array {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, colours, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const body = [chunk("IHDR", head), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([signature, ...body]);
}

/** A sound PNG of some kilobytes that is a gigabyte once it is decoded. */
export function bombPicture(size = 16_000): Uint8Array {
  const rows = deflateSync(Buffer.alloc((size / 8 + 1) * size), { level: 1 });
  return pngFile(size, size, { depth: 1, colours: 0 }, rows);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

function mix(from: Colour, to: Colour, share: number): Colour {
  const part = Math.min(1, Math.max(0, share));
  return [
    from[0] + (to[0] - from[0]) * part,
    from[1] + (to[1] - from[1]) * part,
    from[2] + (to[2] - from[2]) * part,
  ];
}

/** `h` in turns, `s` and `l` 0…1. */
function hsl(h: number, s: number, l: number): Colour {
  const at = (n: number): number => {
    const k = (n + h * 12) % 12;
    return Math.round(255 * (l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [at(0), at(8), at(4)];
}

/** Capital letters made of straight strokes, in a square from 0 to 1. */
const STROKES: Record<string, readonly (readonly number[])[]> = {
  A: [
    [0.1, 1, 0.5, 0],
    [0.5, 0, 0.9, 1],
    [0.25, 0.65, 0.75, 0.65],
  ],
  E: [
    [0.2, 0, 0.2, 1],
    [0.2, 0, 0.8, 0],
    [0.2, 0.5, 0.72, 0.5],
    [0.2, 1, 0.8, 1],
  ],
  F: [
    [0.22, 0, 0.22, 1],
    [0.22, 0, 0.82, 0],
    [0.22, 0.5, 0.72, 0.5],
  ],
  H: [
    [0.15, 0, 0.15, 1],
    [0.85, 0, 0.85, 1],
    [0.15, 0.5, 0.85, 0.5],
  ],
  I: [
    [0.5, 0, 0.5, 1],
    [0.3, 0, 0.7, 0],
    [0.3, 1, 0.7, 1],
  ],
  K: [
    [0.2, 0, 0.2, 1],
    [0.8, 0, 0.2, 0.58],
    [0.4, 0.42, 0.84, 1],
  ],
  L: [
    [0.25, 0, 0.25, 1],
    [0.25, 1, 0.8, 1],
  ],
  M: [
    [0.1, 1, 0.1, 0],
    [0.1, 0, 0.5, 0.62],
    [0.5, 0.62, 0.9, 0],
    [0.9, 0, 0.9, 1],
  ],
  N: [
    [0.15, 1, 0.15, 0],
    [0.15, 0, 0.85, 1],
    [0.85, 1, 0.85, 0],
  ],
  T: [
    [0.1, 0, 0.9, 0],
    [0.5, 0, 0.5, 1],
  ],
  V: [
    [0.1, 0, 0.5, 1],
    [0.5, 1, 0.9, 0],
  ],
  W: [
    [0.02, 0, 0.27, 1],
    [0.27, 1, 0.5, 0.3],
    [0.5, 0.3, 0.73, 1],
    [0.73, 1, 0.98, 0],
  ],
};

/** Distance from a point to the stroke from (x1, y1) to (x2, y2). */
function distance(x: number, y: number, stroke: readonly number[]): number {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = stroke;
  const [dx, dy] = [x2 - x1, y2 - y1];
  const along = ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy);
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x1 - dx * share, y - y1 - dy * share);
}

/** An avatar: two neighbouring hues from corner to corner and the name's first letter in white. */
export function avatarPicture(name: string, hue: number, size = 128): Uint8Array {
  const strokes = STROKES[name[0]?.toUpperCase() ?? ""] ?? [];
  const [from, to] = [hsl(hue, 0.55, 0.58), hsl((hue + 0.09) % 1, 0.6, 0.42)];
  const letter: Colour = [255, 255, 255];
  const [left, top, scale] = [size * 0.3, size * 0.28, size * 0.42];
  return png(size, size, (x, y) => {
    const ground = mix(from, to, (x + y) / (2 * size));
    let near = Infinity;
    for (const stroke of strokes) {
      near = Math.min(near, distance((x - left) / scale, (y - top) / scale, stroke));
    }
    // Half a pixel of softness at the edge of the stroke.
    return mix(letter, ground, ((near - 0.085) * scale) / 1.4 + 0.5);
  });
}

/** What a landscape looks like; everything follows from one number. */
interface Scenery {
  sky: [Colour, Colour];
  sun: Colour;
  hills: Colour[];
  water: [Colour, Colour];
}

const SCENERIES: readonly Scenery[] = [
  {
    sky: [
      [92, 148, 201],
      [247, 222, 191],
    ],
    sun: [255, 247, 214],
    hills: [
      [151, 170, 186],
      [104, 133, 146],
      [63, 94, 98],
    ],
    water: [
      [168, 190, 199],
      [78, 116, 133],
    ],
  },
  {
    sky: [
      [71, 62, 110],
      [247, 153, 110],
    ],
    sun: [255, 219, 148],
    hills: [
      [133, 92, 126],
      [91, 66, 108],
      [50, 43, 78],
    ],
    water: [
      [214, 137, 118],
      [66, 55, 96],
    ],
  },
  {
    sky: [
      [168, 203, 214],
      [238, 243, 236],
    ],
    sun: [255, 255, 250],
    hills: [
      [183, 201, 190],
      [138, 168, 145],
      [87, 125, 98],
    ],
    water: [
      [203, 219, 217],
      [126, 163, 165],
    ],
  },
];

/** A shore at some hour: sky, sun, three lines of hills, water with a shimmer, a few birds. */
export function landscapePicture(seed: number, width = 480, height = 320): Uint8Array {
  const scenery = SCENERIES[seed % SCENERIES.length] as Scenery;
  const horizon = height * 0.66;
  const sun = { x: width * (0.2 + ((seed * 0.37) % 0.6)), y: height * 0.3, radius: height * 0.07 };
  const ridge = (x: number, layer: number): number => {
    const t = (x / width) * 6 + seed * 1.7 + layer * 2.3;
    const wave = Math.sin(t) + 0.5 * Math.sin(t * 2.1 + layer) + 0.2 * Math.sin(t * 5.3);
    return horizon - height * (0.17 - layer * 0.06) * (0.75 + 0.35 * wave);
  };
  const ridges = [0, 1, 2].map((layer) => Array.from({ length: width }, (_, x) => ridge(x, layer)));
  const birds = Array.from({ length: 7 }, (_, index) => ({
    x: width * (0.15 + ((index * 0.13 + seed * 0.21) % 0.7)),
    y: height * (0.14 + ((index * 0.071 + seed * 0.05) % 0.22)),
  }));
  return png(width, height, (x, y) => {
    if (y >= horizon) return waterAt(scenery, x, (y - horizon) / (height - horizon), seed);
    const layer = ridges.findLastIndex((line) => y >= (line[x] ?? height));
    if (layer >= 0) return scenery.hills[layer] as Colour;
    if (y < height * 0.4 && birds.some((bird) => isOnBird(x - bird.x, y - bird.y)))
      return scenery.hills[2] as Colour;
    const sky = mix(scenery.sky[0], scenery.sky[1], y / horizon);
    const glow = Math.hypot(x - sun.x, y - sun.y);
    return mix(scenery.sun, sky, glow < sun.radius ? 0 : 0.35 + (glow - sun.radius) / (height * 0.4));
  });
}

function waterAt(scenery: Scenery, x: number, depth: number, seed: number): Colour {
  const ripple = Math.sin(depth * 90 + Math.sin(x / 23 + seed) * 2) * Math.sin(x / 9 + depth * 40);
  const light = ripple > 0.72 - depth * 0.2 ? 0.12 : 0;
  return mix(mix(scenery.water[0], scenery.water[1], depth), scenery.sun, light);
}

/** Two shallow arcs: a bird far away. */
function isOnBird(dx: number, dy: number): boolean {
  const reach = Math.abs(dx);
  return reach < 7 && Math.abs(dy + 2.4 * Math.sin((reach / 7) * Math.PI)) < 1;
}
