import type { EventId, UserId } from "../../../preload/contract/ids.ts";
import type { StateChange } from "../../../preload/contract/models/timeline.ts";
import { stringOf, type JsonObject } from "../event.ts";
import { parseMxc } from "../mxc.ts";
import { pinnedIn } from "../pinned.ts";
import { oneLine, plainText } from "../text.ts";
import { membershipChange } from "./membership-change.ts";
import { prevContentOf } from "./profile.ts";

// A state event as a change, as far as there is a sentence for it. Malformed state counts as absent (MAL-04).

export interface StateEvent {
  readonly type: string;
  readonly sender: UserId;
  readonly stateKey: string;
  readonly content: JsonObject;
  readonly raw: JsonObject;
}

const MAX_NAME = 255;
const MAX_TOPIC = 2000;
const MAX_WORD = 100;

/** Null for what is not shown. `nameOf` tells what a person is called now, for those the event does not name. */
export function stateChange(
  event: StateEvent,
  nameOf: (userId: UserId) => string | null,
): StateChange | null {
  if (event.type === "m.room.member") return membershipChange(event, nameOf);
  // All others mean the room itself; with another key they have no effect and nothing to say (STA-12).
  if (event.stateKey !== "" || !Object.hasOwn(changes, event.type)) return null;
  return changes[event.type]?.(event.content, prevContentOf(event.raw) ?? {}) ?? null;
}

const line = (content: JsonObject, key: string, max: number): string | null => {
  const text = plainText(content[key], max);
  return text === null ? null : oneLine(text, max);
};
const word = (content: JsonObject, key: string): string | null => line(content, key, MAX_WORD);

const changes: Readonly<Record<string, (content: JsonObject, prev: JsonObject) => StateChange | null>> = {
  "m.room.create": () => ({ type: "created" }),
  "m.room.name": (content, prev) => ({
    type: "name",
    from: line(prev, "name", MAX_NAME),
    to: line(content, "name", MAX_NAME),
  }),
  "m.room.topic": (content, prev) => ({
    type: "topic",
    from: plainText(prev["topic"], MAX_TOPIC),
    to: plainText(content["topic"], MAX_TOPIC),
  }),
  "m.room.avatar": (content) => ({ type: "avatar", isRemoved: parseMxc(content["url"]) === null }),
  "m.room.join_rules": (content) => {
    const rule = word(content, "join_rule");
    return rule === null ? null : { type: "join-rules", rule };
  },
  "m.room.history_visibility": (content) => {
    const visibility = word(content, "history_visibility");
    return visibility === null ? null : { type: "history-visibility", visibility };
  },
  "m.room.guest_access": (content) => {
    const access = word(content, "guest_access");
    return access === null ? null : { type: "guest-access", access };
  },
  "m.room.power_levels": () => ({ type: "power-levels" }),
  "m.room.encryption": (content) => (stringOf(content, "algorithm") === null ? null : { type: "encryption" }),
  "m.room.canonical_alias": (content) => ({
    type: "canonical-alias",
    alias: line(content, "alias", MAX_NAME),
  }),
  "m.room.pinned_events": (content, prev) => pinChange(pinnedIn(content), pinnedIn(prev)),
  "m.room.tombstone": () => ({ type: "upgraded" }),
  "m.room.server_acl": () => ({ type: "server-acl" }),
};

/** What was put up or taken down, where that is one message; more at once is a change of the list. */
function pinChange(now: readonly EventId[], before: readonly EventId[]): StateChange {
  const put = now.filter((id) => !before.includes(id));
  const taken = before.filter((id) => !now.includes(id));
  const [only = null] = [...put, ...taken];
  if (put.length + taken.length !== 1) return { type: "pinned", change: "changed", eventId: null };
  return { type: "pinned", change: put.length === 1 ? "pinned" : "unpinned", eventId: only };
}
