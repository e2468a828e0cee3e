import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { Call, Operation, Parameter, Schema } from "./operation.ts";

/** What is said of a call. */
export interface Finding {
  /** "PUT /_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}"; null where no operation has this path. */
  readonly operation: string | null;
  /** In words; empty for a valid call. */
  readonly problems: readonly string[];
}

export type CheckCall = (call: Call) => Finding;

/** Makes a check of calls against a set of operations. */
export function createCheck(operations: readonly Operation[]): CheckCall {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false, allowUnionTypes: true });
  const compiled = new Map<Schema, ValidateFunction>();
  const validate: Validate = (schema, value) => {
    let check = compiled.get(schema);
    if (check === undefined) compiled.set(schema, (check = ajv.compile(schema)));
    return check(value) === true ? [] : (check.errors ?? []).map(said);
  };
  const bySize = Map.groupBy(operations, ({ path }) => path.split("/").length);
  return (call) => {
    const parts = call.path.split("/");
    const known = (bySize.get(parts.length) ?? [])
      .map((operation) => ({ operation, values: valuesOf(operation, parts) }))
      .filter(({ values }) => values !== null)
      .sort((a, b) => a.operation.inPath.length - b.operation.inPath.length);
    const findings = known
      .filter(({ operation }) => operation.method === call.method)
      .map(({ operation, values }) => ({
        operation: `${operation.method} ${operation.path}`,
        problems: [
          ...pathProblems(operation, values ?? new Map(), validate),
          ...queryProblems(operation, call.query, validate),
          ...bodyProblems(operation, call, validate),
        ],
      }));
    // One address may take several forms (an invitation by id and one by mail): the one it fits best is meant.
    const best = findings.find(({ problems }) => problems.length === 0) ?? findings[0];
    if (best !== undefined) return best;
    const others = known.map(({ operation }) => operation.method).join(", ");
    return { operation: null, problems: [others === "" ? "no such endpoint" : `only with ${others}`] };
  };
}

type Validate = (schema: Schema, value: unknown) => readonly string[];

const said = ({
  instancePath,
  message = "",
  params,
}: NonNullable<ValidateFunction["errors"]>[number]): string =>
  `${instancePath || "it"} ${message}${"additionalProperty" in params ? `: ${String(params["additionalProperty"])}` : ""}`;

/** The decoded values of the path's segments; null where the path is another one. */
function valuesOf({ path }: Operation, parts: readonly string[]): Map<string, string> | null {
  const values = new Map<string, string>();
  for (const [index, segment] of path.split("/").entries()) {
    const part = parts[index] ?? "";
    if (segment.startsWith("{")) values.set(segment.slice(1, -1), decoded(part));
    else if (segment !== part) return null;
  }
  return values;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function pathProblems(
  { inPath }: Operation,
  values: ReadonlyMap<string, string>,
  validate: Validate,
): readonly string[] {
  return inPath.flatMap(({ name, schema }) => {
    const value = values.get(name) ?? "";
    if (value === "") return [`{${name}} is empty`];
    return validate(schema, value).map((problem) => `{${name}} ${JSON.stringify(value)}: ${problem}`);
  });
}

function queryProblems(
  { query: parameters }: Operation,
  query: URLSearchParams,
  validate: Validate,
): readonly string[] {
  const known = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const missing = parameters.filter(({ name, isRequired }) => isRequired && !query.has(name));
  return [
    ...missing.map(({ name }) => `?${name} is missing`),
    ...[...new Set(query.keys())].flatMap((name) => {
      const parameter = known.get(name);
      if (parameter === undefined) return [`?${name} is not in the specification`];
      return valueProblems(parameter, query.getAll(name), validate);
    }),
  ];
}

function valueProblems(
  { name, schema }: Parameter,
  given: readonly string[],
  validate: Validate,
): readonly string[] {
  const isList = schema["type"] === "array";
  if (!isList && given.length > 1) return [`?${name} is given ${given.length} times`];
  const value = isList ? given : asTyped(schema["type"], given[0] ?? "");
  return validate(schema, value).map((problem) => `?${name} ${JSON.stringify(value)}: ${problem}`);
}

/** A query's text as what it stands for. */
function asTyped(type: unknown, text: string): unknown {
  if ((type === "integer" || type === "number") && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

function bodyProblems({ body }: Operation, call: Call, validate: Validate): readonly string[] {
  if (body.kind === "file") return [];
  const text = new TextDecoder().decode(call.body);
  if (text === "") {
    const isMissing = body.kind === "json" && body.isRequired;
    return isMissing ? ["the body is missing"] : [];
  }
  const content = jsonOf(text);
  if (content === undefined) return ["the body is not JSON"];
  if (!/^application\/json\b/.test(call.contentType ?? "")) return [`the body comes as ${call.contentType}`];
  if (body.kind === "none") return text === "{}" ? [] : ["no body is expected"];
  return [
    ...validate(body.schema, content).map((problem) => `body: ${problem}`),
    ...unknownKeys(body.schema, content),
  ];
}

/** A schema that lists keys and says nothing of others allows them; a client that sends them made them up. */
function unknownKeys(schema: Schema, content: unknown): readonly string[] {
  const properties = schema["properties"];
  if (properties === undefined || "additionalProperties" in schema || "allOf" in schema) return [];
  return Object.keys(content as object)
    .filter((key) => !Object.hasOwn(properties as object, key))
    .map((key) => `body: ${key} is not in the specification`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
