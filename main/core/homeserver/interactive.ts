import { isObject, stringOf, type JsonObject } from "../event.ts";
import { failed, ok, type Result } from "../failure.ts";
import { plainText } from "../text.ts";
import type { Http, HttpRequest } from "./http.ts";

// Requests the server answers with stages of authentication (spec: User-Interactive Authentication API).

/** Lists longer than these mean nothing to a person. */
const MOST_FLOWS = 20;
const MOST_STAGES = 20;

/** What a 401 with `flows` says. */
export interface Challenge {
  /** To be given back with every answer; null where the server gave none. */
  readonly session: string | null;
  /** Each is a list of stage types, to be done in order. */
  readonly flows: readonly (readonly string[])[];
  /** By stage type, unchecked. */
  readonly params: JsonObject;
  /** The only word on what is done (UIA-04). */
  readonly completed: readonly string[];
  /** Why the last answer did not do; null where nothing was wrong. */
  readonly refusal: { readonly errcode: string; readonly serverText: string | null } | null;
}

/** Either the stages to go through, or what the request itself is answered with (UIA-06). */
export type Interactive<T> =
  | { readonly kind: "challenge"; readonly challenge: Challenge }
  | { readonly kind: "done"; readonly value: T };

/** The `auth` object of a request; null: none, as in the first request (UIA-01). */
export type AuthBody = JsonObject | null;

/** Asks with an `auth` object beside the body. `parse` answers null for what the specification does not allow. */
export async function askInteractively<T>(
  http: Http,
  request: HttpRequest & { readonly body: JsonObject },
  auth: AuthBody,
  parse: (answer: JsonObject) => T | null,
): Promise<Result<Interactive<T>>> {
  const body = auth === null ? request.body : { ...request.body, auth };
  const result = await http.request({ ...request, body, isInteractive: true });
  if (!result.ok) return result;
  const said = isObject(result.value) ? result.value : {};
  if (isObject(said.challenge)) return ok({ kind: "challenge", challenge: parseChallenge(said.challenge) });
  const value = isObject(said.answer) ? parse(said.answer) : null;
  return value === null
    ? failed({ kind: "malformed", message: "the answer lacks what it must have", status: 200 })
    : ok({ kind: "done", value });
}

/** Tolerant: what is not a stage is left out (UIA-02). Pure. */
export function parseChallenge(body: JsonObject): Challenge {
  const flows = Array.isArray(body.flows) ? body.flows.slice(0, MOST_FLOWS) : [];
  const errcode = stringOf(body, "errcode");
  return {
    session: stringOf(body, "session") || null,
    flows: flows.flatMap((flow: unknown) =>
      isObject(flow) && Array.isArray(flow.stages) ? [typesIn(flow.stages)] : [],
    ),
    params: isObject(body.params) ? body.params : {},
    completed: Array.isArray(body.completed) ? typesIn(body.completed) : [],
    refusal:
      errcode === null || errcode === ""
        ? null
        : { errcode: errcode.slice(0, 255), serverText: plainText(body.error, 500) },
  };
}

const typesIn = (list: readonly unknown[]): readonly string[] =>
  list
    .slice(0, MOST_STAGES)
    .filter((type): type is string => typeof type === "string" && type !== "" && type.length <= 255);
