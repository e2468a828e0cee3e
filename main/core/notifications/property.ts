import { isObject, type JsonObject } from "../event.ts";

// Pure: properties of an event by their dot-separated path (Appendices, "Dot-separated property paths").

/** The names on a path: a backslash keeps a dot or a backslash literal, any other escape stands for itself. */
export function pathNames(path: string): readonly string[] {
  const names: string[] = [];
  let name = "";
  for (let i = 0; i < path.length; i++) {
    const character = path.charAt(i);
    const next = path.charAt(i + 1);
    if (character === "\\" && (next === "." || next === "\\")) {
      name += next;
      i += 1;
    } else if (character === ".") {
      names.push(name);
      name = "";
    } else name += character;
  }
  names.push(name);
  return names;
}

const MAX_KNOWN_PATHS = 200;
const knownPaths = new Map<string, readonly string[]>();

function namesOf(path: string): readonly string[] {
  const known = knownPaths.get(path);
  if (known !== undefined) return known;
  if (knownPaths.size >= MAX_KNOWN_PATHS) knownPaths.clear();
  const names = pathNames(path);
  knownPaths.set(path, names);
  return names;
}

/** The value at a path, undefined where there is none. Inherited names are not properties. */
export function propertyAt(event: JsonObject, path: string): unknown {
  let value: unknown = event;
  for (const name of namesOf(path)) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}
