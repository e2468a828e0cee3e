import type { JsonObject } from "./json.ts";

/** One push rule in the wire's own shape. */
export interface PushRule extends JsonObject {
  rule_id: string;
  default: boolean;
  enabled: boolean;
  actions: unknown[];
}

/** The `global` rule set: kind -> rules in order of priority. */
export type PushRuleSet = Record<PushRuleKind, PushRule[]>;
export type PushRuleKind = "override" | "content" | "room" | "sender" | "underride";
export const PUSH_RULE_KINDS: readonly PushRuleKind[] = [
  "override",
  "content",
  "room",
  "sender",
  "underride",
];

const SOUND = { set_tweak: "sound", value: "default" };
const RING = { set_tweak: "sound", value: "ring" };
const HIGHLIGHT = { set_tweak: "highlight" };

function match(key: string, pattern: string): JsonObject {
  return { kind: "event_match", key, pattern };
}

function rule(id: string, conditions: JsonObject[], actions: unknown[], enabled = true): PushRule {
  return { rule_id: `.m.rule.${id}`, default: true, enabled, conditions, actions };
}

const ONE_TO_ONE: JsonObject = { kind: "room_member_count", is: "2" };
const EMPTY_KEY = match("state_key", "");

function overrideRules(userId: string): PushRule[] {
  const mentionsMe = {
    kind: "event_property_contains",
    key: "content.m\\.mentions.user_ids",
    value: userId,
  };
  const mentionsRoom = {
    kind: "event_property_is",
    key: "content.m\\.mentions.room",
    value: true,
  };
  const mayNotifyRoom = { kind: "sender_notification_permission", key: "room" };
  const edits = {
    kind: "event_property_is",
    key: "content.m\\.relates_to.rel_type",
    value: "m.replace",
  };
  const member = match("type", "m.room.member");
  const invite = [member, match("content.membership", "invite"), match("state_key", userId)];
  return [
    rule("master", [], [], false),
    rule("suppress_notices", [match("content.msgtype", "m.notice")], []),
    rule("invite_for_me", invite, ["notify", SOUND]),
    rule("member_event", [member], []),
    rule("is_user_mention", [mentionsMe], ["notify", SOUND, HIGHLIGHT]),
    rule("is_room_mention", [mentionsRoom, mayNotifyRoom], ["notify", HIGHLIGHT]),
    rule("tombstone", [match("type", "m.room.tombstone"), EMPTY_KEY], ["notify", HIGHLIGHT]),
    rule("reaction", [match("type", "m.reaction")], []),
    rule("room.server_acl", [match("type", "m.room.server_acl"), EMPTY_KEY], []),
    rule("suppress_edits", [edits], []),
  ];
}

function underrideRules(): PushRule[] {
  const message = match("type", "m.room.message");
  const encrypted = match("type", "m.room.encrypted");
  return [
    rule("call", [match("type", "m.call.invite")], ["notify", RING]),
    rule("encrypted_room_one_to_one", [ONE_TO_ONE, encrypted], ["notify", SOUND]),
    rule("room_one_to_one", [ONE_TO_ONE, message], ["notify", SOUND]),
    rule("message", [message], ["notify"]),
    rule("encrypted", [encrypted], ["notify"]),
  ];
}

/** The specification's default rules for a user (client-server API, push notifications module). */
export function defaultPushRules(userId: string): PushRuleSet {
  return {
    override: overrideRules(userId),
    content: [],
    room: [],
    sender: [],
    underride: underrideRules(),
  };
}
