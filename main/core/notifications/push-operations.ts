import type { PushChange, RoomNotifications } from "../../../preload/contract/models/attention.ts";
import { isObject, type JsonObject } from "../event.ts";
import { actionsFor, defaultRules, levelOf } from "./push-levels.ts";
import { ruleKinds, type PushRule, type PushRules, type RuleKind } from "./rules.ts";

// Pure: from a wish of the user to requests of the push rules API, and what the rules are once they are granted.

/** Next to which of the user's own rules of its kind a rule comes to stand; none: a new one before all of them. */
type Place = { readonly before?: string; readonly after?: string };

/** One request. All of them set absolute values, so that doing one twice is doing it once. */
export type PushOperation =
  | {
      readonly op: "put";
      readonly kind: RuleKind;
      readonly ruleId: string;
      readonly body: JsonObject;
      readonly place: Place;
    }
  | { readonly op: "delete"; readonly kind: RuleKind; readonly ruleId: string }
  | { readonly op: "enable"; readonly kind: RuleKind; readonly ruleId: string; readonly isEnabled: boolean }
  | {
      readonly op: "actions";
      readonly kind: RuleKind;
      readonly ruleId: string;
      readonly actions: readonly unknown[];
    };

/** The requests that make the rules as wished; none where they are so already. */
export function planChange(rules: PushRules, change: PushChange): readonly PushOperation[] {
  const find = (kind: RuleKind, ruleId: string): PushRule | undefined => ruleOf(rules, kind, ruleId);
  switch (change.change) {
    case "all-off":
      return [{ op: "enable", kind: "override", ruleId: ".m.rule.master", isEnabled: change.isOff }];
    case "default":
      return defaultRules(rules, change.id).flatMap((rule): PushOperation[] => {
        const { kind, ruleId } = rule;
        // The rule that keeps bots quiet does its work by being enabled.
        if (change.id === "bot-messages")
          return [{ op: "enable", kind, ruleId, isEnabled: change.level === "off" }];
        const actions: PushOperation = {
          op: "actions",
          kind,
          ruleId,
          actions: actionsFor(change.id, change.level, rule),
        };
        return rule.isEnabled ? [actions] : [actions, { op: "enable", kind, ruleId, isEnabled: true }];
      });
    case "room":
      return planRoom(rules, change.roomId, change.level);
    case "keyword": {
      const word = change.word.trim();
      const old = rules.find((rule) => rule.kind === "content" && sameWord(rule.pattern, word));
      const actions = actionsFor("mentions", change.level, old);
      const ruleId = old?.ruleId ?? keywordRuleId(word);
      if (word === "") return [];
      const named = { kind: "content", ruleId } as const;
      if (old?.isDefault === true) return [{ op: "actions", ...named, actions }];
      if (old?.pattern !== word) return put(rules, "content", ruleId, { pattern: word, actions });
      return [{ op: "actions", ...named, actions }, ...enable(old)];
    }
    case "move-keyword": {
      const { ruleId, besideRuleId, side } = change;
      const own = (id: string): PushRule | undefined =>
        rules.find((rule) => rule.kind === "content" && !rule.isDefault && rule.ruleId === id);
      const moved = own(ruleId);
      if (moved === undefined || own(besideRuleId) === undefined || ruleId === besideRuleId) return [];
      // Putting it anew is the only way the API has; its being on or off is kept by the server.
      const body = { pattern: moved.pattern, actions: moved.actions };
      const place = side === "before" ? { before: besideRuleId } : { after: besideRuleId };
      return [{ op: "put", kind: "content", ruleId, body, place }];
    }
    case "remove-keyword":
      return find("content", change.ruleId) === undefined
        ? []
        : [{ op: "delete", kind: "content", ruleId: change.ruleId }];
    case "person": {
      const { userId: ruleId, isMuted } = change;
      if (isMuted) return put(rules, "sender", ruleId, { actions: [] });
      return find("sender", ruleId) === undefined ? [] : [{ op: "delete", kind: "sender", ruleId }];
    }
  }
}

/**
 * A room of its own: a room rule that notifies (all), one that does not (mentions still do, by rules before it), and
 * for silence also an override, which stands before mentions (PUSH-01, PUSH-07).
 */
function planRoom(rules: PushRules, roomId: string, level: RoomNotifications): readonly PushOperation[] {
  const find = (kind: RuleKind): PushRule | undefined => ruleOf(rules, kind, roomId);
  // An override that silences this room does so under whatever id its author chose (PUSH-04).
  const drop = (kind: "override" | "room"): readonly PushOperation[] =>
    rules
      .filter((rule) => rule.kind === kind && (rule.ruleId === roomId || isMuteOf(rule, roomId)))
      .map(({ ruleId }) => ({ op: "delete", kind, ruleId }));
  const set = (kind: RuleKind, body: JsonObject): readonly PushOperation[] => put(rules, kind, roomId, body);
  switch (level) {
    case "default":
      return [...drop("override"), ...drop("room")];
    case "all":
      return [
        ...drop("override"),
        ...set("room", { actions: actionsFor("group-messages", "sound", find("room")) }),
      ];
    case "mentions":
      return [...drop("override"), ...set("room", { actions: [] })];
    case "mute": {
      const conditions = [{ kind: "event_match", key: "room_id", pattern: roomId }];
      return [...set("room", { actions: [] }), ...set("override", { conditions, actions: [] })];
    }
  }
}

const ruleOf = (rules: PushRules, kind: RuleKind, ruleId: string): PushRule | undefined =>
  rules.find((rule) => rule.kind === kind && rule.ruleId === ruleId);

function put(rules: PushRules, kind: RuleKind, ruleId: string, body: JsonObject): readonly PushOperation[] {
  const old = ruleOf(rules, kind, ruleId);
  return [{ op: "put", kind, ruleId, body, place: placeOf(rules, kind, ruleId) }, ...enable(old)];
}

/** A rule that another client has switched off stays off when it is put anew: servers keep that apart. */
const enable = (old: PushRule | undefined): readonly PushOperation[] =>
  old?.isEnabled === false ? [{ op: "enable", kind: old.kind, ruleId: old.ruleId, isEnabled: true }] : [];

/** Where a rule stands. Some servers (Synapse) move one that is put anew to the top when they are not told. */
function placeOf(rules: PushRules, kind: RuleKind, ruleId: string): Place {
  const own = rules.filter((rule) => rule.kind === kind && !rule.isDefault).map((rule) => rule.ruleId);
  const at = own.indexOf(ruleId);
  const [previous, next] = [own[at - 1], own[at + 1]];
  if (at < 0) return {};
  return previous !== undefined ? { after: previous } : next !== undefined ? { before: next } : {};
}

const sameWord = (pattern: string | null, word: string): boolean =>
  pattern?.toLowerCase() === word.toLowerCase();

/** A word is its own name where it can be part of a path; any other is encoded (rule ids hold no `/`, `\`, no first dot). */
const keywordRuleId = (word: string): string =>
  /^[\p{L}\p{N}_-]+$/u.test(word) ? word : Buffer.from(word).toString("base64url");

/** The content of m.push_rules after these operations; what it is not about stays as it is. */
export function applyOperations(content: JsonObject, operations: readonly PushOperation[]): JsonObject {
  if (operations.length === 0) return content;
  const global = isObject(content["global"]) ? content["global"] : {};
  const kinds = Object.fromEntries(
    ruleKinds.map((kind) => {
      const rules = global[kind];
      return [kind, Array.isArray(rules) ? [...(rules as readonly unknown[])] : []];
    }),
  ) as Record<RuleKind, unknown[]>;
  for (const operation of operations) kinds[operation.kind] = applyOne(kinds[operation.kind], operation);
  return { ...content, global: { ...global, ...kinds } };
}

function applyOne(rules: readonly unknown[], operation: PushOperation): unknown[] {
  const isIt = (rule: unknown): rule is JsonObject => isObject(rule) && rule["rule_id"] === operation.ruleId;
  const change = (values: JsonObject): unknown[] =>
    rules.map((rule) => (isIt(rule) ? { ...rule, ...values } : rule));
  switch (operation.op) {
    case "delete":
      return rules.filter((rule) => !isIt(rule));
    case "enable":
      return change({ enabled: operation.isEnabled });
    case "actions":
      return change({ actions: operation.actions });
    case "put": {
      const { enabled = true } = rules.find(isIt) ?? {};
      const rule = { rule_id: operation.ruleId, default: false, enabled, ...operation.body };
      const { before, after } = operation.place;
      const beside = before ?? after ?? null;
      const others = rules.filter((one) => !isIt(one));
      const next = others.findIndex((one) => isObject(one) && one["rule_id"] === beside);
      if (next >= 0) return others.toSpliced(before === undefined ? next + 1 : next, 0, rule);
      if (rules.some(isIt)) return rules.map((one) => (isIt(one) ? rule : one));
      // Own rules stand before the server's, but nothing before the master.
      const at = isObject(rules[0]) && rules[0]["rule_id"] === ".m.rule.master" ? 1 : 0;
      return rules.toSpliced(at, 0, rule);
    }
  }
}

const isSilent = (rule: PushRule): boolean => rule.isEnabled && levelOf(rule) === "off";

/** An override that silences just this room. */
function isMuteOf(rule: PushRule, roomId: string): boolean {
  const [only, ...others] = rule.conditions;
  if (rule.kind !== "override" || others.length > 0 || !isObject(only) || !isSilent(rule)) return false;
  return only["kind"] === "event_match" && only["key"] === "room_id" && only["pattern"] === roomId;
}

/** What the rules say of one room. */
export function roomLevel(rules: PushRules, roomId: string): RoomNotifications {
  if (rules.some((rule) => isMuteOf(rule, roomId))) return "mute";
  const own = rules.find((rule) => rule.kind === "room" && rule.ruleId === roomId && rule.isEnabled);
  if (own === undefined) return "default";
  return isSilent(own) ? "mentions" : "all";
}
