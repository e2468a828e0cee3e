// The specification's own OpenAPI files (data/api/client-server of the repository matrix-org/matrix-spec), read from a
// folder: they are not part of this repository.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { Body, Operation, Parameter, Schema } from "./operation.ts";

/**
 * Where the files are: `DUNLIN_MATRIX_SPEC` names the folder data/api/client-server; without it they are looked for in
 * the folder `shared` beside this checkout. Undefined: this machine has none.
 */
export function specificationFolder(): string | undefined {
  const named = process.env["DUNLIN_MATRIX_SPEC"];
  if (named !== undefined && named !== "") return named;
  const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
  const shared = resolve(root, "..", "shared", "matrix-spec", "data", "api", "client-server");
  return existsSync(shared) ? shared : undefined;
}

/** Every operation the files describe. */
export function readSpecification(folder: string): Operation[] {
  const reader = new Reader();
  const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  if (names.length === 0) throw new Error(`no OpenAPI files in ${folder}`);
  return names.toSorted().flatMap((name) => operationsOf(reader, join(folder, name)));
}

const methods = ["get", "put", "post", "delete"] as const;
/** What says nothing of a request. */
const notOfRequests: ReadonlySet<string> = new Set(["example", "examples", "responses"]);
type Tree = Readonly<Record<string, unknown>>;

function operationsOf(reader: Reader, file: string): Operation[] {
  const tree = reader.whole(file);
  const base = basePath(tree);
  return Object.entries((tree["paths"] ?? {}) as Record<string, Tree>).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method] as Tree | undefined;
      if (operation === undefined) return [];
      const given = (operation["parameters"] ?? []) as Tree[];
      const from = (place: string): Parameter[] =>
        given.filter((one) => one["in"] === place).map(parameterOf);
      return {
        method: method.toUpperCase(),
        // Two paths of the files end with a space, to be different keys.
        path: (base + path).trim(),
        inPath: from("path"),
        query: from("query"),
        body: bodyOf(operation["requestBody"] as Tree | undefined),
      };
    }),
  );
}

/** What the file's server variable says stands before its paths. */
function basePath(tree: Tree): string {
  const [server] = (tree["servers"] ?? []) as Tree[];
  const variables = (server?.["variables"] ?? {}) as Record<string, Tree>;
  const base = variables["basePath"]?.["default"];
  return typeof base === "string" ? base : "";
}

const parameterOf = (parameter: Tree): Parameter => ({
  name: String(parameter["name"]),
  isRequired: parameter["required"] === true,
  schema: (parameter["schema"] ?? {}) as Schema,
});

function bodyOf(body: Tree | undefined): Body {
  if (body === undefined) return { kind: "none" };
  const content = body["content"] as Record<string, Tree>;
  const json = content["application/json"];
  if (json === undefined) return { kind: "file" };
  return { kind: "json", isRequired: body["required"] === true, schema: (json["schema"] ?? {}) as Schema };
}

/** Reads files and puts what a $ref names in its place. */
class Reader {
  readonly #files = new Map<string, Tree>();

  whole(file: string): Tree {
    return this.#resolved(this.#parsed(file), file, []) as Tree;
  }

  #parsed(file: string): Tree {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    const tree = parse(readFileSync(file, "utf8")) as Tree;
    this.#files.set(file, tree);
    return tree;
  }

  /** `open`: the references being followed; one that comes back to itself ends there, allowing anything. */
  #resolved(node: unknown, file: string, open: readonly string[]): unknown {
    if (Array.isArray(node)) return node.map((one) => this.#resolved(one, file, open));
    if (typeof node !== "object" || node === null) return node;
    const reference = (node as Tree)["$ref"];
    if (typeof reference === "string") return this.#named(reference, file, open);
    const entries = Object.entries(node).filter(([key]) => !notOfRequests.has(key));
    return Object.fromEntries(entries.map(([key, value]) => [key, this.#resolved(value, file, open)]));
  }

  #named(reference: string, file: string, open: readonly string[]): unknown {
    const [name = "", pointer = ""] = reference.split("#");
    const target = name === "" ? file : join(dirname(file), name);
    const mark = `${target}#${pointer}`;
    if (open.includes(mark)) return {};
    let node: unknown = this.#parsed(target);
    for (const key of pointer.split("/").slice(1)) node = (node as Tree)[key];
    return this.#resolved(node, target, [...open, mark]);
  }
}
