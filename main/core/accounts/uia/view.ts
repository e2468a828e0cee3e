import type {
  Authentication,
  AuthenticationPurpose,
  Policy,
  StageView,
} from "../../../../preload/contract/models/authentication.ts";
import { isObject, objectOf, stringOf, type JsonObject } from "../../event.ts";
import type { Challenge } from "../../homeserver/interactive.ts";
import { oneLine } from "../../text.ts";
import type { Standing, UiaState } from "./machine.ts";

// What the page shows of a protected request. Pure.

const MOST_POLICIES = 20;

/** Null where there is nothing for a person to do. */
export function viewOf(
  of: { readonly id: string; readonly purpose: AuthenticationPurpose; readonly isWorking: boolean },
  state: UiaState,
): Authentication | null {
  if (state.at !== "stage" || state.standing.way.next === "m.login.dummy") return null;
  const { way, others, failure } = state.standing;
  return {
    id: of.id,
    purpose: of.purpose,
    stage: stageView(state.standing),
    number: way.done + 1,
    of: way.stages.length,
    isBusy: of.isWorking || state.busy === "answering",
    failure,
    otherWays: [...new Set(others.map(({ next }) => next ?? ""))].map((type) => ({ type })),
  };
}

function stageView({ way, challenge, sent, isPageOpened }: Standing): StageView {
  const message = { sentTo: sent?.address ?? null, needsCode: sent !== null && sent.submitUrl !== null };
  switch (way.next) {
    case "m.login.password":
      return { kind: "password" };
    case "m.login.terms":
      return { kind: "terms", policies: policiesIn(challenge) };
    case "m.login.registration_token":
      return { kind: "registration-token" };
    case "m.login.email.identity":
      return { kind: "email", ...message };
    case "m.login.msisdn":
      return { kind: "phone", ...message };
    default:
      return { kind: "page", type: way.next, isOpened: isPageOpened };
  }
}

/** In our language where there is one, else in English, else in whichever comes first. */
function policiesIn({ params }: Challenge): readonly Policy[] {
  const policies = objectOf(objectOf(params, "m.login.terms"), "policies");
  return Object.entries(policies)
    .slice(0, MOST_POLICIES)
    .flatMap(([id, policy]) => {
      const words = isObject(policy) ? wordsOf(policy) : null;
      const url = words === null ? null : webAddress(stringOf(words, "url"));
      if (words === null || url === null) return [];
      return [{ id: id.slice(0, 255), name: oneLine(stringOf(words, "name") ?? id, 255), url }];
    });
}

function wordsOf(policy: JsonObject): JsonObject | null {
  const { en } = policy;
  if (isObject(en)) return en;
  return Object.values(policy).find(isObject) ?? null;
}

/** An address that may be opened in a browser, or null. */
export function webAddress(text: string | null): string | null {
  if (text === null || text.length > 2048 || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
}
