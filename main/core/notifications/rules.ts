import { isObject, stringOf, type JsonObject } from "../event.ts";
import { containsWords, matchesWhole, matchesWords } from "./glob.ts";
import { propertyAt } from "./property.ts";

// Pure: the push rules of the specification (Push notifications, "Push Rules"): which rule an event falls under and
// what it says. Rules are untrusted JSON: what is not understood never matches and never throws.

/** In the order they are looked through. */
export const ruleKinds = ["override", "content", "room", "sender", "underride"] as const;
export type RuleKind = (typeof ruleKinds)[number];

/** A rule as it came, its envelope checked. */
export interface PushRule {
  readonly kind: RuleKind;
  readonly ruleId: string;
  readonly isEnabled: boolean;
  readonly isDefault: boolean;
  readonly actions: readonly unknown[];
  /** Override and underride rules. */
  readonly conditions: readonly unknown[];
  /** Content rules. */
  readonly pattern: string | null;
}

/** All rules in the order they are looked through. */
export type PushRules = readonly PushRule[];

/** What conditions ask about besides the event. */
export interface PushContext {
  readonly ownUserId: string;
  /** Our name in this room; null where we have none. */
  readonly ownName: string | null;
  /** Joined members. */
  readonly memberCount: number;
  /** May this person raise notifications of this kind (`room`) in this room? */
  mayNotify(sender: string, key: string): boolean;
}

/** What the rules say about one event. */
export interface Verdict {
  readonly notifies: boolean;
  readonly highlights: boolean;
  /** The name of a sound, "default" for the usual one; null for none. */
  readonly sound: string | null;
  /** The rule it fell under; null when none matched. */
  readonly rule: PushRule | null;
}

const silent: Verdict = { notifies: false, highlights: false, sound: null, rule: null };

/** The content of `m.push_rules`; rules without an id are left out. */
export function parsePushRules(content: JsonObject): PushRules {
  const global = content["global"];
  if (!isObject(global)) return [];
  return ruleKinds.flatMap((kind) => {
    const rules = global[kind];
    return (Array.isArray(rules) ? rules : []).flatMap((rule) => parseRule(kind, rule));
  });
}

function parseRule(kind: RuleKind, rule: unknown): readonly PushRule[] {
  if (!isObject(rule)) return [];
  const ruleId = stringOf(rule, "rule_id");
  if (ruleId === null) return [];
  const { actions, conditions } = rule;
  return [
    {
      kind,
      ruleId,
      isEnabled: rule["enabled"] !== false,
      isDefault: rule["default"] === true,
      actions: Array.isArray(actions) ? (actions as readonly unknown[]) : [],
      // Conditions that are no list cannot be understood, and what is not understood does not match.
      conditions: Array.isArray(conditions)
        ? (conditions as readonly unknown[])
        : conditions === undefined
          ? []
          : [null],
      pattern: stringOf(rule, "pattern"),
    },
  ];
}

/** `event` is raw, with its room_id. Our own events notify nobody, and no rule is asked about them. */
export function evaluate(rules: PushRules, event: JsonObject, context: PushContext): Verdict {
  if (event["sender"] === context.ownUserId) return silent;
  const rule = rules.find((one) => matches(one, event, context));
  return rule === undefined ? silent : { ...readActions(rule.actions), rule };
}

/** The meaning of a rule's actions. What is historical or unknown (`dont_notify`, `coalesce`) is left out. */
export function readActions(actions: readonly unknown[]): Omit<Verdict, "rule"> {
  let highlights = false;
  let sound: string | null = null;
  for (const action of actions) {
    if (!isObject(action)) continue;
    const value = action["value"];
    if (action["set_tweak"] === "highlight") highlights = value === undefined || value === true;
    if (action["set_tweak"] === "sound") sound = typeof value === "string" && value !== "" ? value : null;
  }
  return { notifies: actions.includes("notify"), highlights, sound };
}

/** Replaced by m.mentions, and without a say about events that carry it (v1.7). */
const formerMentionRules = new Set([
  ".m.rule.contains_user_name",
  ".m.rule.contains_display_name",
  ".m.rule.roomnotif",
]);

function matches(rule: PushRule, event: JsonObject, context: PushContext): boolean {
  if (!rule.isEnabled) return false;
  if (formerMentionRules.has(rule.ruleId) && propertyAt(event, "content.m\\.mentions") !== undefined)
    return false;
  switch (rule.kind) {
    case "override":
    case "underride":
      return rule.conditions.every((condition) => holds(condition, event, context));
    case "content":
      return (
        rule.pattern !== null && rule.pattern !== "" && matchesProperty(event, "content.body", rule.pattern)
      );
    case "room":
      return event["room_id"] === rule.ruleId;
    case "sender":
      return event["sender"] === rule.ruleId;
  }
}

function holds(condition: unknown, event: JsonObject, context: PushContext): boolean {
  if (!isObject(condition)) return false;
  const key = stringOf(condition, "key");
  switch (condition["kind"]) {
    case "event_match": {
      const pattern = stringOf(condition, "pattern");
      return key !== null && pattern !== null && matchesProperty(event, key, pattern);
    }
    case "event_property_is": {
      const value = condition["value"];
      return key !== null && isPlain(value) && propertyAt(event, key) === value;
    }
    case "event_property_contains": {
      const value = condition["value"];
      const list = key === null ? undefined : propertyAt(event, key);
      return isPlain(value) && Array.isArray(list) && list.includes(value);
    }
    case "contains_display_name":
      return context.ownName !== null && context.ownName !== "" && bodyContains(event, context.ownName);
    case "room_member_count":
      return countIs(stringOf(condition, "is"), context.memberCount);
    case "sender_notification_permission": {
      const sender = stringOf(event, "sender");
      return key !== null && sender !== null && context.mayNotify(sender, key);
    }
    default:
      return false;
  }
}

function matchesProperty(event: JsonObject, key: string, pattern: string): boolean {
  const value = propertyAt(event, key);
  if (typeof value !== "string") return false;
  return key === "content.body" ? matchesWords(pattern, value) : matchesWhole(pattern, value);
}

/** The name stands for itself: stars in it are no pattern. */
function bodyContains(event: JsonObject, name: string): boolean {
  const body = propertyAt(event, "content.body");
  return typeof body === "string" && containsWords(name, body);
}

/** Strings, integers that JSON numbers hold exactly, booleans and null. */
const isPlain = (value: unknown): boolean =>
  value === null || typeof value === "string" || typeof value === "boolean" || Number.isSafeInteger(value);

function countIs(is: string | null, count: number): boolean {
  const [, operator = "", digits] = /^(==|<=|>=|<|>)?(\d+)$/.exec(is ?? "") ?? [];
  if (digits === undefined) return false;
  const wanted = Number(digits);
  switch (operator) {
    case "<":
      return count < wanted;
    case ">":
      return count > wanted;
    case "<=":
      return count <= wanted;
    case ">=":
      return count >= wanted;
    default:
      return count === wanted;
  }
}
