import { ok, type Answer, type Call } from "./call.ts";
import { invalidParam, MatrixError, notFound } from "./matrix-error.ts";
import { PUSH_RULE_KINDS, type PushRule, type PushRuleKind } from "./push-rules.ts";
import { route, type Route } from "./router.ts";

const RULES = "/_matrix/client/{client}/pushrules";
const ONE = `${RULES}/global/:kind/:ruleId`;

/** Reading and changing push rules. */
export const pushRuleRoutes: readonly Route[] = [
  route("GET", `${RULES}/`, (call) => ok({ global: call.user.pushRules })),
  route("GET", RULES, (call) => ok({ global: call.user.pushRules })),
  route("GET", `${RULES}/global/`, (call) => ok(call.user.pushRules)),
  route("GET", ONE, (call) => ok(findRule(call))),
  route("PUT", ONE, putRule),
  route("DELETE", ONE, removeRule),
  route("GET", `${ONE}/enabled`, (call) => ok({ enabled: findRule(call).enabled })),
  route("PUT", `${ONE}/enabled`, setEnabled),
  route("GET", `${ONE}/actions`, (call) => ok({ actions: findRule(call).actions })),
  route("PUT", `${ONE}/actions`, setActions),
];

function kindOf(call: Call): PushRuleKind {
  const kind = PUSH_RULE_KINDS.find((name) => name === call.param("kind"));
  if (kind === undefined) throw new MatrixError(400, "M_UNRECOGNIZED", "Unknown rule kind");
  return kind;
}

function findRule(call: Call): PushRule {
  const rules = call.user.pushRules[kindOf(call)];
  const rule = rules.find((entry) => entry.rule_id === call.param("ruleId"));
  if (rule === undefined) throw notFound("Push rule not found");
  return rule;
}

function save(call: Call): Answer {
  const { user, site } = call;
  site.state.setAccountData(user, null, "m.push_rules", { global: user.pushRules });
  return ok();
}

function putRule(call: Call): Answer {
  const kind = kindOf(call);
  const ruleId = call.param("ruleId");
  const { actions, conditions, pattern } = call.json;
  if (ruleId.startsWith(".")) throw invalidParam("cannot add new rule_ids that start with '.'");
  if (!Array.isArray(actions)) throw new MatrixError(400, "M_MISSING_PARAM", "Missing actions");
  const rules = call.user.pushRules[kind];
  const old = rules.findIndex((entry) => entry.rule_id === ruleId);
  // As Synapse does: a rule that was switched off stays off when it is put anew.
  const rule: PushRule = { rule_id: ruleId, default: false, enabled: rules[old]?.enabled ?? true, actions };
  if (kind === "content") rule["pattern"] = pattern;
  if (kind === "override" || kind === "underride") rule["conditions"] = conditions ?? [];
  const others = rules.filter((_, index) => index !== old);
  others.splice(placeFor(call, others), 0, rule);
  call.user.pushRules[kind] = others;
  return save(call);
}

/**
 * Next to the rule that is asked for, which must be one of the user's own. Without one the user's own rules come before
 * the default ones, a rule that is put anew as well (as Synapse has it); only .m.rule.master stays first.
 */
function placeFor(call: Call, rules: readonly PushRule[]): number {
  const before = call.query.get("before");
  const beside = before ?? call.query.get("after");
  if (beside === null) return rules[0]?.rule_id === ".m.rule.master" ? 1 : 0;
  const at = rules.findIndex((entry) => entry.rule_id === beside && !entry.default);
  if (at < 0) throw new MatrixError(400, "M_UNKNOWN", `before/after rule not found: ${beside}`);
  return before === null ? at + 1 : at;
}

function removeRule(call: Call): Answer {
  const rule = findRule(call);
  if (rule.default) throw invalidParam("Default rules cannot be deleted");
  const kind = kindOf(call);
  call.user.pushRules[kind] = call.user.pushRules[kind].filter((entry) => entry !== rule);
  return save(call);
}

function setEnabled(call: Call): Answer {
  const { enabled } = call.json;
  if (typeof enabled !== "boolean") throw invalidParam("enabled must be a boolean");
  findRule(call).enabled = enabled;
  return save(call);
}

function setActions(call: Call): Answer {
  const { actions } = call.json;
  if (!Array.isArray(actions)) throw invalidParam("actions must be a list");
  findRule(call).actions = actions;
  return save(call);
}
