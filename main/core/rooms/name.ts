import { oneLine, plainText } from "../text.ts";

// Pure: what a room is called (client-server spec, "Calculating the display name for a room").

/** Longest name shown, code points. Names stand in one line: lists, headers, window titles, notifications (XSS-04). */
const MAX_NAME = 256;

/** A name from elsewhere, cleaned; null when it is none. */
export function nameOf(value: unknown): string | null {
  const text = plainText(value, MAX_NAME);
  return text === null ? null : oneLine(text, MAX_NAME);
}

export interface NameFacts {
  /** m.room.name, cleaned; null when absent or empty (STA-07). */
  readonly stateName: string | null;
  readonly canonicalAlias: string | null;
  /** Display names (or ids) of the heroes, without ourselves. */
  readonly heroNames: readonly string[];
  /** Joined plus invited members, ourselves included. */
  readonly memberCount: number;
  /** Invites only: who invited us. */
  readonly inviterName: string | null;
}

export function computeRoomName(facts: NameFacts): string {
  if (facts.stateName !== null) return facts.stateName;
  if (facts.canonicalAlias !== null) return facts.canonicalAlias;
  const { heroNames, memberCount } = facts;
  if (heroNames.length === 0) return facts.inviterName ?? "Empty room";
  const others = Math.max(memberCount - 1, 0);
  if (others <= 1 && memberCount <= 1) return `Empty room (was ${joinNames(heroNames)})`;
  return others > heroNames.length
    ? `${heroNames.join(", ")} and ${others - heroNames.length} more`
    : joinNames(heroNames);
}

function joinNames(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? "";
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
