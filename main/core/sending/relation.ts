import type { EventId, UserId } from "../../../preload/contract/ids.ts";
import { isObject, objectOf, stringOf, type JsonObject } from "../event.ts";

// How one event speaks of another, and how a row speaks of one that has no event id yet. Pure.

/** Stands where the event id of an unsent row will be. No event id begins like this. */
export const UNSENT_TARGET = "~unsent" as EventId;

/**
 * Stands where the event id of a thread's root will be, in an answer to a message of that thread that waits itself: the
 * answer depends on that message, and takes the root from it.
 */
export const UNSENT_ROOT = "~unsent-root" as EventId;

/** Says nothing without the event it speaks of: where that one is deleted before it went out, this goes with it. */
export function goesWithTarget(eventType: string, content: JsonObject): boolean {
  if (eventType === "m.room.redaction" || eventType === "m.reaction") return true;
  return objectOf(content, "m.relates_to")["rel_type"] === "m.replace";
}

/** The content with the event id where it was missing. `target` is the content of the event that has it now. */
export function pointedAt(content: JsonObject, eventId: EventId, target: JsonObject | null): JsonObject {
  if (content["redacts"] === UNSENT_TARGET) return { ...content, redacts: eventId };
  const relation = content["m.relates_to"];
  if (!isObject(relation)) return content;
  const reply = relation["m.in_reply_to"];
  if (relation["event_id"] === UNSENT_ROOT) {
    const root = target === null ? null : (threadIn(target)?.root ?? null);
    // The root was deleted before it went out: what is left of the thread are answers.
    const place =
      root === null ? { "m.in_reply_to": { event_id: eventId } } : threadRelation(root, eventId, false);
    return { ...content, "m.relates_to": place };
  }
  return {
    ...content,
    "m.relates_to": {
      ...relation,
      ...(relation["event_id"] === UNSENT_TARGET ? { event_id: eventId } : {}),
      ...(isObject(reply) && reply["event_id"] === UNSENT_TARGET
        ? { "m.in_reply_to": { ...reply, event_id: eventId } }
        : {}),
    },
  };
}

/**
 * What is left of an answer when what it answers was deleted before it went out: the words, and the thread where that
 * lives on. `target` is the content of what was deleted; it says which thread it was in.
 */
export function withoutTarget(content: JsonObject, target: JsonObject | null): JsonObject {
  const { "m.relates_to": _gone, ...words } = content;
  const thread = threadIn(content);
  if (thread === null || thread.root === UNSENT_TARGET) return words;
  const root = thread.root === UNSENT_ROOT ? (threadIn(target ?? {})?.root ?? null) : thread.root;
  return root === null ? words : { ...words, "m.relates_to": threadRelation(root, root, true) };
}

/** A message's place in a thread (spec: Threading). */
export const threadRelation = (root: EventId, answers: EventId, isFallingBack: boolean): JsonObject => ({
  rel_type: "m.thread",
  event_id: root,
  is_falling_back: isFallingBack,
  "m.in_reply_to": { event_id: answers },
});

/** The thread that a message stands in; the root may be a placeholder. */
export function threadIn(
  content: JsonObject,
): { readonly root: EventId; readonly isFallingBack: boolean } | null {
  const relation = objectOf(content, "m.relates_to");
  const root = stringOf(relation, "event_id") as EventId | null;
  if (relation["rel_type"] !== "m.thread" || root === null) return null;
  return { root, isFallingBack: relation["is_falling_back"] === true };
}

/** Longer names of a picture are refused by servers (MSC4027), bytes with both colons. */
const MAX_SHORTCODE_BYTES = 100;

/** `shortcode`: what the picture is called that the key names; left out where servers would refuse it. */
export function annotation(target: EventId, key: string, shortcode: string | null): JsonObject {
  const relation = { "m.relates_to": { rel_type: "m.annotation", event_id: target, key } };
  const name = `:${shortcode ?? ""}:`;
  const isNamed = shortcode !== null && Buffer.byteLength(name) <= MAX_SHORTCODE_BYTES;
  return isNamed && key.startsWith("mxc://") ? { ...relation, shortcode: name } : relation;
}

export const redaction = (target: EventId, reason: string | null): JsonObject =>
  reason === null ? { redacts: target } : { redacts: target, reason };

/**
 * An answer. Without a quote in the body: since v1.13 of the specification there is no fallback. Whoever is answered
 * hears of it.
 */
export const reply = (target: EventId, answered: UserId | null, content: JsonObject): JsonObject => ({
  ...content,
  "m.mentions": mentioning(content, answered),
  "m.relates_to": { "m.in_reply_to": { event_id: target } },
});

/** The mentions of a content, and with them whoever is answered. */
export function mentioning(content: JsonObject, answered: UserId | null): JsonObject {
  const mentions = objectOf(content, "m.mentions");
  const named: readonly unknown[] = Array.isArray(mentions["user_ids"]) ? mentions["user_ids"] : [];
  const user_ids = answered === null || named.includes(answered) ? named : [...named, answered];
  return user_ids.length === 0 ? mentions : { ...mentions, user_ids };
}

/**
 * An edit: the new content whole, and for clients that know no edits a body with a star before it (spec: Event
 * replacements). All who are named stand in `m.new_content`; beside it only those whom no earlier version named, so that
 * an edit tells them and rings nobody again (spec: User and room mentions). `earlier` null: what was said before is not
 * known here, and nobody is told twice.
 */
export function replacement(
  target: EventId,
  content: JsonObject,
  earlier: readonly JsonObject[] | null = null,
): JsonObject {
  const { "m.relates_to": _none, ...fresh } = content;
  const formatted = stringOf(fresh, "formatted_body");
  return {
    ...fresh,
    body: `* ${stringOf(fresh, "body") ?? ""}`,
    ...(formatted === null ? {} : { formatted_body: `* ${formatted}` }),
    "m.mentions": earlier === null ? {} : newMentions(fresh, earlier),
    "m.new_content": fresh,
    "m.relates_to": { rel_type: "m.replace", event_id: target },
  };
}

/** Who is named by the content and was not by any of the earlier ones; each of those may be an edit. */
function newMentions(content: JsonObject, earlier: readonly JsonObject[]): JsonObject {
  const before = earlier.flatMap((one) => [one, objectOf(one, "m.new_content")]).map(mentionsIn);
  const { users, isRoom } = mentionsIn(content);
  const user_ids = users.filter((user) => !before.some((one) => one.users.includes(user)));
  return {
    ...(user_ids.length === 0 ? {} : { user_ids }),
    ...(isRoom && !before.some((one) => one.isRoom) ? { room: true } : {}),
  };
}

function mentionsIn(content: JsonObject): { readonly users: readonly unknown[]; readonly isRoom: boolean } {
  const mentions = objectOf(content, "m.mentions");
  return {
    users: Array.isArray(mentions["user_ids"]) ? (mentions["user_ids"] as unknown[]) : [],
    isRoom: mentions["room"] === true,
  };
}

/** The message that an answer answers. Within a thread, only what somebody chose to answer. */
export function answerIn(content: JsonObject): { readonly does: "reply"; readonly target: EventId } | null {
  if (threadIn(content)?.isFallingBack === true) return null;
  const target = stringOf(objectOf(objectOf(content, "m.relates_to"), "m.in_reply_to"), "event_id");
  return target === null ? null : { does: "reply", target: target as EventId };
}

/** What a row does to another message; null for a message of its own. */
export type Relation =
  | { readonly does: "react"; readonly target: EventId; readonly key: string }
  | { readonly does: "edit" | "redact"; readonly target: EventId };

export function relationOf(eventType: string, content: JsonObject): Relation | null {
  if (eventType === "m.room.redaction") {
    const target = stringOf(content, "redacts");
    return target === null ? null : { does: "redact", target: target as EventId };
  }
  const relation = objectOf(content, "m.relates_to");
  const target = stringOf(relation, "event_id") as EventId | null;
  if (target === null) return null;
  if (relation["rel_type"] === "m.replace") return { does: "edit", target };
  const key = stringOf(relation, "key");
  const isReaction = eventType === "m.reaction" && relation["rel_type"] === "m.annotation";
  return isReaction && key !== null ? { does: "react", target, key } : null;
}
