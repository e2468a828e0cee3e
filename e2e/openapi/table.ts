// The short notation of our own tables: one operation a line, in three columns: path, query, body.
//
//   name        a string          name!       must be there        name:integer   another type, see `types`
//   name=a|b    one of these      name[]      may be given several times (a list in a body)
//
// A body is written as its keys; `*` is any object, `file` is bytes, `-` is none.
import type { Body, Operation, Parameter, Schema } from "./operation.ts";

const text: Schema = { type: "string" };
const startsWith = (sigil: string): Schema => ({ type: "string", pattern: `^${sigil}.`, maxLength: 255 });

/** What may stand behind the colon. */
const types: Readonly<Record<string, Schema>> = {
  string: text,
  integer: { type: "integer" },
  number: { type: "number" },
  boolean: { type: "boolean" },
  object: { type: "object" },
  objects: { type: "array", items: { type: "object" } },
  identifier: { type: "object", properties: { type: text }, required: ["type"] },
  /** Of a push rule. */
  actions: { type: "array", items: { type: ["string", "object"] } },
  /** Of a room that is being made. */
  stateEvents: {
    type: "array",
    items: {
      type: "object",
      properties: { type: text, state_key: text, content: { type: "object" } },
      required: ["type", "content"],
      additionalProperties: false,
    },
  },
  user: startsWith("@"),
  users: { type: "array", items: startsWith("@") },
  room: startsWith("!"),
  event: startsWith("\\$"),
  alias: startsWith("#"),
  roomOrAlias: startsWith("[!#]"),
  auth: { type: "object", properties: { type: text, session: text } },
};

/** What a segment's name says of its value. */
const segments: Readonly<Record<string, string>> = {
  roomId: "room",
  userId: "user",
  eventId: "event",
  roomAlias: "alias",
  roomIdOrAlias: "roomOrAlias",
};

/** A line of a table: method and path, query, body. A body may be a whole schema where keys are not enough. */
export type Line = readonly [operation: string, query?: string, body?: string | Schema];

/** The operations of a table. */
export function readTable(lines: readonly Line[]): Operation[] {
  return lines.map(([operation, query = "", body = "-"]) => {
    const [method = "", path = ""] = operation.split(" ");
    return {
      method,
      path:
        path.startsWith("/_matrix/") || path.startsWith("/.well-known/") ? path : `/_matrix/client${path}`,
      inPath: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
        name,
        isRequired: true,
        schema: typeNamed(segments[name] ?? "string"),
      })),
      query: parametersOf(query),
      body: bodyOf(body),
    };
  });
}

function bodyOf(body: string | Schema): Body {
  if (typeof body !== "string") return { kind: "json", isRequired: true, schema: body };
  if (body === "-") return { kind: "none" };
  if (body === "file") return { kind: "file" };
  const schema = body === "*" ? { type: "object" } : keys(body);
  return { kind: "json", isRequired: true, schema };
}

/** The schema of an object with these keys and no others. */
export function keys(text: string): Schema {
  const parameters = parametersOf(text);
  return {
    type: "object",
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    required: parameters.filter(({ isRequired }) => isRequired).map(({ name }) => name),
    additionalProperties: false,
  };
}

function parametersOf(text: string): Parameter[] {
  return text.split(" ").filter(Boolean).map(parameterOf);
}

function parameterOf(text: string): Parameter {
  const [, name = "", list, must, type, values] =
    /^([\w.]+)(\[\])?(!)?(?::(\w+))?(?:=(.+))?$/.exec(text) ?? [];
  const one: Schema =
    values === undefined ? typeNamed(type ?? "string") : { type: "string", enum: values.split("|") };
  const schema = list === undefined ? one : { type: "array", items: one };
  return { name, isRequired: must !== undefined, schema };
}

function typeNamed(name: string): Schema {
  const schema = types[name];
  if (schema === undefined) throw new Error(`no type is called ${name}`);
  return schema;
}
