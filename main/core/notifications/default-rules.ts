import { parsePushRules, type PushRules } from "./rules.ts";

// The specification's own rules, for servers that have not told theirs (Push notifications, "Predefined Rules").

const sound = { set_tweak: "sound", value: "default" };
const highlight = { set_tweak: "highlight" };
const is = (key: string, pattern: string) => ({ kind: "event_match", key, pattern });
const ofTwo = { kind: "room_member_count", is: "2" };

interface DefaultRule {
  readonly rule_id: string;
  readonly conditions: readonly object[];
  readonly actions: readonly unknown[];
  readonly default: true;
}
const rule = (name: string, conditions: readonly object[], actions: readonly unknown[]): DefaultRule => ({
  rule_id: `.m.rule.${name}`,
  default: true,
  conditions,
  actions,
});

export function defaultPushRules(ownUserId: string): PushRules {
  const property = (key: string, value: unknown) => ({ kind: "event_property_is", key, value });
  const mentionsUs = {
    kind: "event_property_contains",
    key: "content.m\\.mentions.user_ids",
    value: ownUserId,
  };
  const mayCallRoom = { kind: "sender_notification_permission", key: "room" };
  const member = is("type", "m.room.member");
  const message = is("type", "m.room.message");
  const encrypted = is("type", "m.room.encrypted");
  const override = [
    { ...rule("master", [], []), enabled: false },
    rule("suppress_notices", [is("content.msgtype", "m.notice")], []),
    rule(
      "invite_for_me",
      [member, is("content.membership", "invite"), is("state_key", ownUserId)],
      ["notify", sound],
    ),
    rule("member_event", [member], []),
    rule("is_user_mention", [mentionsUs], ["notify", sound, highlight]),
    rule(
      "is_room_mention",
      [property("content.m\\.mentions.room", true), mayCallRoom],
      ["notify", highlight],
    ),
    rule("tombstone", [is("type", "m.room.tombstone"), is("state_key", "")], ["notify", highlight]),
    rule("reaction", [is("type", "m.reaction")], []),
    rule("room.server_acl", [is("type", "m.room.server_acl"), is("state_key", "")], []),
    rule("suppress_edits", [property("content.m\\.relates_to.rel_type", "m.replace")], []),
  ];
  const underride = [
    rule("call", [is("type", "m.call.invite")], ["notify", { set_tweak: "sound", value: "ring" }]),
    rule("encrypted_room_one_to_one", [ofTwo, encrypted], ["notify", sound]),
    rule("room_one_to_one", [ofTwo, message], ["notify", sound]),
    rule("message", [message], ["notify"]),
    rule("encrypted", [encrypted], ["notify"]),
  ];
  return parsePushRules({ global: { override, underride } });
}
