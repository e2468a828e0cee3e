import type { UserId } from "../../preload/contract/ids.ts";
import { readPersonId } from "../text/person-id.ts";

/** Somebody who is chosen by their ID alone: nothing else is known of them yet. */
export interface ChosenPerson {
  readonly userId: UserId;
  readonly displayName: string | null;
  readonly avatar: string | null;
}

/**
 * Those who are meant when a form with a picker is sent: the chosen ones, and whose whole ID was typed but not picked.
 * Null when what is left in the field names nobody: it must not be dropped without a word (CRT-08).
 */
export function takeTyped(
  chosen: readonly ChosenPerson[],
  typed: string,
  { isSingle = false }: { readonly isSingle?: boolean } = {},
): readonly ChosenPerson[] | null {
  if (typed.trim() === "") return chosen;
  const userId = readPersonId(typed);
  if (userId === null) return null;
  if (chosen.some((person) => person.userId === userId)) return chosen;
  const person = { userId, displayName: null, avatar: null };
  return isSingle ? [person] : [...chosen, person];
}
