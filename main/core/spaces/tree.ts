import type { RoomId } from "../../../preload/contract/ids.ts";

// Pure: how the spaces one is in stand within each other. What a space names is somebody's claim: circles, spaces that
// name themselves and the same room named twice are all to be expected.

/** Deeper ones are shown at this depth. */
const MAX_DEPTH = 8;

export interface SpaceNode {
  readonly roomId: RoomId;
  /** Named by it, in its own order: rooms and spaces. */
  readonly children: readonly RoomId[];
}

export interface PlacedSpace {
  readonly roomId: RoomId;
  readonly depth: number;
  /** Everything below, through all levels. */
  readonly rooms: readonly RoomId[];
}

/** Each top space followed by those within it; every space once. */
export function placeSpaces(spaces: readonly SpaceNode[]): readonly PlacedSpace[] {
  const byId = new Map(spaces.map((space) => [space.roomId, space]));
  const inner = new Set(
    spaces.flatMap((space) => space.children.filter((child) => child !== space.roomId && byId.has(child))),
  );
  const placed: PlacedSpace[] = [];
  const seen = new Set<RoomId>();
  const place = (space: SpaceNode, depth: number): void => {
    if (seen.has(space.roomId)) return;
    seen.add(space.roomId);
    placed.push({ roomId: space.roomId, depth: Math.min(depth, MAX_DEPTH), rooms: below(space, byId) });
    for (const child of space.children) {
      const within = byId.get(child);
      if (within !== undefined) place(within, depth + 1);
    }
  };
  for (const space of spaces) if (!inner.has(space.roomId)) place(space, 0);
  // Spaces that stand in a circle have no top: the first one met is taken for it.
  for (const space of spaces) place(space, 0);
  return placed;
}

function below(space: SpaceNode, byId: ReadonlyMap<RoomId, SpaceNode>): readonly RoomId[] {
  const found = new Set<RoomId>();
  const visited = new Set<RoomId>();
  const visit = (node: SpaceNode): void => {
    if (visited.has(node.roomId)) return;
    visited.add(node.roomId);
    for (const child of node.children) {
      found.add(child);
      const within = byId.get(child);
      if (within !== undefined) visit(within);
    }
  };
  visit(space);
  found.delete(space.roomId);
  return [...found];
}

export interface ChildEntry {
  readonly roomId: RoomId;
  /** `order` of the event, or null where it is absent or not as the specification wants it. */
  readonly order: string | null;
}

/** The specification's order: those with an `order` first, by it; then by id. */
export function sortChildren(children: readonly ChildEntry[]): readonly RoomId[] {
  return [...children]
    .sort((a, b) => {
      if (a.order !== b.order) {
        if (a.order === null) return 1;
        if (b.order === null) return -1;
        return a.order < b.order ? -1 : 1;
      }
      return a.roomId < b.roomId ? -1 : a.roomId > b.roomId ? 1 : 0;
    })
    .map(({ roomId }) => roomId);
}

/** Printable ASCII, at most 50 (spec: m.space.child). */
export const orderOf = (value: unknown): string | null =>
  typeof value === "string" && /^[\x20-\x7e]{1,50}$/.test(value) ? value : null;
