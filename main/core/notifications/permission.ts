import { isObject, numberOf, objectOf, stringOf, type JsonObject } from "../event.ts";

// Pure: may somebody call the whole room (m.room.power_levels, `notifications`)? Levels may be strings in old rooms.

/** The level that `key` needs unless the room says otherwise. */
const DEFAULT_LEVEL = 50;

export interface PermissionFacts {
  /** Content of m.room.power_levels; null where the room has none. */
  readonly levels: JsonObject | null;
  /** Who stands above all levels (creators since room version 12), or has 100 where there are no levels. */
  readonly creators: ReadonlySet<string>;
  readonly areCreatorsAboveLevels: boolean;
}

export function mayNotify(
  { levels, creators, areCreatorsAboveLevels }: PermissionFacts,
  sender: string,
  key: string,
) {
  if (areCreatorsAboveLevels && creators.has(sender)) return true;
  if (levels === null) return creators.has(sender);
  const own = levelIn(objectOf(levels, "users"), sender) ?? levelIn(levels, "users_default") ?? 0;
  return own >= (levelIn(objectOf(levels, "notifications"), key) ?? DEFAULT_LEVEL);
}

/** Who created the room, by its m.room.create. */
export function creatorsIn(
  create: { readonly content: unknown; readonly sender: string } | undefined,
): Pick<PermissionFacts, "creators" | "areCreatorsAboveLevels"> {
  if (create === undefined || !isObject(create.content))
    return { creators: new Set(), areCreatorsAboveLevels: false };
  const additional = create.content["additional_creators"];
  const others = Array.isArray(additional) ? additional.filter((one) => typeof one === "string") : [];
  const areCreatorsAboveLevels = Number(create.content["room_version"] ?? 1) >= 12;
  return {
    creators: new Set([create.sender, ...(areCreatorsAboveLevels ? others : [])]),
    areCreatorsAboveLevels,
  };
}

function levelIn(object: JsonObject, key: string): number | null {
  const text = stringOf(object, key);
  if (text !== null) return /^\s*-?\d+\s*$/.test(text) ? Number(text) : null;
  return numberOf(object, key);
}
