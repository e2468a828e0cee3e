import { isObject, objectOf, stringOf, type JsonObject } from "../event.ts";

// The redaction algorithm of the specification, as far as it is the same for a client in every room version: the
// union of what the versions protect. The server has already decided whether the redaction counts (RED-03).

const protectedKeys = [
  "event_id",
  "type",
  "room_id",
  "sender",
  "user_id",
  "state_key",
  "origin_server_ts",
] as const;

const protectedContent: Readonly<Record<string, readonly string[]>> = {
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
  "m.room.redaction": ["redacts"],
};

function pick(from: JsonObject, keys: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const key of keys) if (Object.hasOwn(from, key)) picked[key] = from[key];
  return picked;
}

/** What remains of an event once it is redacted. `because` is the redaction event, or what is known of it. */
export function stripRedacted(raw: JsonObject, because: JsonObject): JsonObject {
  const type = stringOf(raw, "type") ?? "";
  const content = objectOf(raw, "content");
  // Every key of the create event is protected since room version 11, and it holds nothing anybody wrote.
  const isCreate = type === "m.room.create";
  return {
    ...pick(raw, protectedKeys),
    content: isCreate
      ? content
      : pick(content, Object.hasOwn(protectedContent, type) ? (protectedContent[type] ?? []) : []),
    unsigned: { redacted_because: summary(because) },
  };
}

/** Who redacted, when and why: what the placeholder shows (RED-04). */
function summary(because: JsonObject): JsonObject {
  return {
    ...pick(because, ["event_id", "type", "sender", "user_id", "origin_server_ts"]),
    content: pick(objectOf(because, "content"), ["reason"]),
  };
}

/** The redaction of an event that the server delivered redacted already, or null. */
export function redactedBecause(raw: JsonObject): JsonObject | null {
  const because = objectOf(raw, "unsigned")["redacted_because"];
  return isObject(because) ? because : null;
}
