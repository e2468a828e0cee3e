import type { JsonObject } from "./json.ts";
import { isObject } from "./json.ts";
import type { RawEvent } from "./events.ts";

const KEPT: Record<string, readonly string[]> = {
  "m.room.member": ["membership", "join_authorised_via_users_server"],
  "m.room.join_rules": ["join_rule", "allow"],
  "m.room.power_levels": [
    "ban",
    "events",
    "events_default",
    "invite",
    "kick",
    "redact",
    "state_default",
    "users",
    "users_default",
  ],
  "m.room.history_visibility": ["history_visibility"],
};

/** True when `redacts` lives in the content (room version 11 and later). */
export function hasRedactsInContent(version: string): boolean {
  return Number.parseInt(version, 10) >= 11;
}

/** Content left by the redaction algorithm of the room version (spec: rooms/v11, rooms/v1-v10). */
export function prunedContent(raw: RawEvent, version: string): JsonObject {
  const isNew = hasRedactsInContent(version);
  if (raw.type === "m.room.create" && isNew) return raw.content;
  const keys = [...(KEPT[raw.type] ?? [])];
  if (raw.type === "m.room.create") keys.push("creator");
  if (raw.type === "m.room.redaction" && isNew) keys.push("redacts");
  if (raw.type === "m.room.aliases" && Number.parseInt(version, 10) < 6) keys.push("aliases");
  if (raw.type === "m.room.power_levels" && !isNew) keys.splice(keys.indexOf("invite"), 1);
  const content: JsonObject = {};
  for (const key of keys) if (key in raw.content) content[key] = raw.content[key];
  const invite = raw.content["third_party_invite"];
  if (raw.type === "m.room.member" && isNew && isObject(invite) && "signed" in invite) {
    content["third_party_invite"] = { signed: invite["signed"] };
  }
  return content;
}
