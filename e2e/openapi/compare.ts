// `node e2e/openapi/compare.ts`: do our tables say what the specification's own files say? Prints each difference.
import { isDeepStrictEqual } from "node:util";
import { accountOperations } from "./account-operations.ts";
import type { Operation, Parameter } from "./operation.ts";
import { outside } from "./outside.ts";
import { roomOperations } from "./room-operations.ts";
import { readSpecification, specificationFolder } from "./specification-files.ts";

const folder = specificationFolder();
if (folder === undefined) {
  console.error("no OpenAPI files: name data/api/client-server of matrix-spec in DUNLIN_MATRIX_SPEC");
  process.exit(2);
}
const theirs = [...readSpecification(folder), ...outside.flatMap(({ operations }) => operations)];
const differences = [...accountOperations, ...roomOperations].flatMap((mine) => {
  const same = theirs.filter((one) => nameOf(one) === nameOf(mine));
  if (same.length === 0) return [`${nameOf(mine)}: not in the specification`];
  const found = same.map((one) => compared(mine, one));
  return found.toSorted((a, b) => a.length - b.length)[0] ?? [];
});
for (const difference of differences) console.log(difference);
console.log(
  `${accountOperations.length + roomOperations.length} operations of ours, ${theirs.length} of the specification, ${differences.length} differences`,
);
process.exitCode = differences.length === 0 ? 0 : 1;

function nameOf({ method, path }: Operation): string {
  return `${method} ${path}`;
}

function compared(mine: Operation, other: Operation): string[] {
  const say = (what: string, a: unknown, b: unknown): string[] =>
    isDeepStrictEqual(a, b)
      ? []
      : [`${nameOf(mine)}: ${what}: ours ${JSON.stringify(a)}, theirs ${JSON.stringify(b)}`];
  return [
    ...say("query", parametersOf(mine.query), parametersOf(other.query)),
    ...say("body", mine.body.kind, other.body.kind),
    ...(mine.body.kind === "json" && other.body.kind === "json"
      ? say("keys", keysOf(mine.body.schema), keysOf(other.body.schema))
      : []),
  ];
}

function parametersOf(parameters: readonly Parameter[]): string[] {
  return parameters.map(({ name, isRequired }) => `${name}${isRequired ? "!" : ""}`).toSorted();
}

/** With those of the parts of a schema put together; what is deprecated is none we should know. */
function keysOf(schema: Readonly<Record<string, unknown>>): string[] {
  const required = (schema["required"] ?? []) as readonly string[];
  const properties = (schema["properties"] ?? {}) as Record<string, { deprecated?: boolean }>;
  const parts = (schema["allOf"] ?? []) as Readonly<Record<string, unknown>>[];
  const own = Object.entries(properties)
    .filter(([, { deprecated }]) => deprecated !== true)
    .map(([name]) => `${name}${required.includes(name) ? "!" : ""}`);
  return [...own, ...parts.flatMap(keysOf)].toSorted();
}
