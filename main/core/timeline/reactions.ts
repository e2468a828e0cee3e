import type { EventId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { KeyPicture, Reaction, SendState } from "../../../preload/contract/models/timeline.ts";
import { parseMxc } from "../mxc.ts";
import type { ReactionRow } from "../store/queries/timeline.ts";
import { withoutUnwanted } from "../text.ts";
import { shownName } from "./event-item.ts";
import { keyPicture } from "./key-picture.ts";

// Reactions to one message as chips. Pure.

/** Longer keys are no reactions anybody meant, code units. */
const MAX_KEY = 100;
const MAX_KEYS = 100;
const MAX_NAMES = 10;

/** A reaction of ours that is not in the timeline yet. */
export interface LocalReaction {
  readonly key: string;
  /** What the picture is called that the key names. */
  readonly shortcode: unknown;
  readonly send: SendState;
  readonly transactionId: TransactionId;
  readonly eventId: EventId | null;
}

export interface ReactionsInput {
  /** Oldest first, redacted ones left out. */
  readonly rows: readonly ReactionRow[];
  readonly local: readonly LocalReaction[];
  /** Reactions of ours that are being taken back. */
  readonly leaving: ReadonlySet<EventId>;
  readonly ownUserId: UserId;
  readonly ownName: string;
}

interface Chip {
  readonly picture: KeyPicture | null;
  readonly people: Set<UserId>;
  readonly names: string[];
  isOwn: boolean;
  local: LocalReaction | null;
}

/** One chip for each key; a person counts once, however often they sent it (spec: Annotations). */
export function aggregateReactions(input: ReactionsInput): readonly Reaction[] {
  const chips = new Map<string, Chip>();
  const known = new Set<EventId>();
  for (const { eventId, sender, senderName, key, shortcode } of input.rows) {
    known.add(eventId);
    if (!isKey(key) || input.leaving.has(eventId)) continue;
    const person = { userId: sender, name: shownName(senderName) ?? sender };
    count(chips, { key, shortcode }, person, input.ownUserId);
  }
  for (const local of input.local) {
    if (local.eventId !== null && known.has(local.eventId)) continue;
    const self = { userId: input.ownUserId, name: input.ownName };
    const chip = count(chips, local, self, input.ownUserId);
    if (chip !== null && local.send.state !== "sent") chip.local = local;
  }
  return [...chips].map(([key, chip]) => ({
    key,
    picture: chip.picture,
    count: chip.people.size,
    isOwn: chip.isOwn,
    names: chip.names,
    send: chip.local?.send ?? null,
    transactionId: chip.local?.transactionId ?? null,
  }));
}

function count(
  chips: Map<string, Chip>,
  { key, shortcode }: Pick<ReactionRow, "key" | "shortcode">,
  { userId, name }: { readonly userId: UserId; readonly name: string },
  ownUserId: UserId,
): Chip | null {
  let chip = chips.get(key);
  if (chip === undefined) {
    if (chips.size >= MAX_KEYS) return null;
    chip = { picture: keyPicture(key, shortcode), people: new Set(), names: [], isOwn: false, local: null };
    chips.set(key, chip);
  }
  if (userId === ownUserId) chip.isOwn = true;
  if (!chip.people.has(userId) && chip.names.length < MAX_NAMES) chip.names.push(name);
  chip.people.add(userId);
  return chip;
}

/** Something to see, and nothing that would break out of its chip (XSS-04). */
const isKey = (key: string): boolean => parseMxc(key) !== null || (isWord(key) && !key.startsWith("mxc://"));
const isWord = (key: string): boolean =>
  key.trim() !== "" && key.length <= MAX_KEY && withoutUnwanted(key) === key && !key.includes("\n");
