import type { Result } from "../failure.ts";
import { tell } from "./endpoint.ts";
import type { Http } from "./http.ts";
import { path } from "./path.ts";

interface RuleName {
  readonly kind: string;
  /** Opaque; percent-encoded here (PUSH-04, PUSH-12). */
  readonly ruleId: string;
}

/** Where a rule is to stand: next to one of the user's own of its kind; where the server puts it without (PUSH-05). */
interface PushRulePlace {
  readonly before?: string;
  readonly after?: string;
}

/** `PUT /pushrules/global/{kind}/{ruleId}`: adds a rule, or replaces one of the user's own. */
export const putPushRule = (
  http: Http,
  rule: RuleName & { readonly body: object; readonly place: PushRulePlace },
): Promise<Result<void>> =>
  tell(http, {
    method: "PUT",
    path: path`/_matrix/client/v3/pushrules/global/${rule.kind}/${rule.ruleId}`,
    query: { ...rule.place },
    body: rule.body,
  });

/** `DELETE /pushrules/global/{kind}/{ruleId}`. */
export const deletePushRule = (http: Http, rule: RuleName): Promise<Result<void>> =>
  tell(http, {
    method: "DELETE",
    path: path`/_matrix/client/v3/pushrules/global/${rule.kind}/${rule.ruleId}`,
  });

/** `PUT /pushrules/global/{kind}/{ruleId}/enabled`. */
export const enablePushRule = (
  http: Http,
  rule: RuleName & { readonly isEnabled: boolean },
): Promise<Result<void>> =>
  tell(http, {
    method: "PUT",
    path: path`/_matrix/client/v3/pushrules/global/${rule.kind}/${rule.ruleId}/enabled`,
    body: { enabled: rule.isEnabled },
  });

/** `PUT /pushrules/global/{kind}/{ruleId}/actions`. */
export const setPushActions = (
  http: Http,
  rule: RuleName & { readonly actions: readonly unknown[] },
): Promise<Result<void>> =>
  tell(http, {
    method: "PUT",
    path: path`/_matrix/client/v3/pushrules/global/${rule.kind}/${rule.ruleId}/actions`,
    body: { actions: rule.actions },
  });
