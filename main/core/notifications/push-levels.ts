import type { DefaultNotification, NotificationLevel } from "../../../preload/contract/models/attention.ts";
import { readActions, type PushRule, type PushRules, type RuleKind } from "./rules.ts";

// Pure: the server's default rules in the user's terms. Several rules may stand behind one line of the settings.

const table: Readonly<Record<DefaultNotification, readonly (readonly [RuleKind, string])[]>> = {
  "direct-messages": [
    ["underride", "room_one_to_one"],
    ["underride", "encrypted_room_one_to_one"],
  ],
  "group-messages": [
    ["underride", "message"],
    ["underride", "encrypted"],
  ],
  mentions: [
    ["override", "is_user_mention"],
    ["override", "contains_display_name"],
    ["content", "contains_user_name"],
  ],
  "room-mentions": [
    ["override", "is_room_mention"],
    ["override", "roomnotif"],
  ],
  invites: [["override", "invite_for_me"]],
  calls: [["underride", "call"]],
  "bot-messages": [["override", "suppress_notices"]],
};

export const defaultNotifications = Object.keys(table) as readonly DefaultNotification[];

/** The rules behind a line of the settings, as far as the server has them. */
export const defaultRules = (rules: PushRules, id: DefaultNotification): readonly PushRule[] =>
  table[id].flatMap(
    ([kind, name]) => rules.find((rule) => rule.kind === kind && rule.ruleId === `.m.rule.${name}`) ?? [],
  );

export function levelOf(rule: PushRule): NotificationLevel {
  const { notifies, sound } = readActions(rule.actions);
  if (!rule.isEnabled || !notifies) return "off";
  return sound === null ? "on" : "sound";
}

/** The level of a line: that of its first rule; null where the server has none of its rules. */
export function defaultLevel(rules: PushRules, id: DefaultNotification): NotificationLevel | null {
  const [first] = defaultRules(rules, id);
  if (first === undefined) return null;
  // Bots are quiet while the rule that says so is enabled.
  return id === "bot-messages" ? (first.isEnabled ? "off" : "on") : levelOf(first);
}

/** `old`: the rule as it is. A sound that another client chose for it stays (PUSH-03). */
export function actionsFor(
  id: DefaultNotification,
  level: NotificationLevel,
  old?: Pick<PushRule, "actions">,
): readonly unknown[] {
  if (level === "off") return [];
  const chosen = readActions(old?.actions ?? []).sound;
  const sound = { set_tweak: "sound", value: chosen ?? (id === "calls" ? "ring" : "default") };
  const highlights = id === "mentions" || id === "room-mentions";
  return [
    "notify",
    ...(level === "sound" ? [sound] : []),
    ...(highlights ? [{ set_tweak: "highlight" }] : []),
  ];
}
