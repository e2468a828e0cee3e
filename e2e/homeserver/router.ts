import type { Answer, Call } from "./call.ts";
import { MatrixError } from "./matrix-error.ts";
import type { Site } from "./site.ts";

/** One endpoint. In the pattern, `:name` is a decoded segment, `{client}` the version prefix. */
export interface Route {
  method: string;
  segments: string[];
  needsToken: boolean;
  /** Which family's switch can make it vanish. */
  only: "authenticated-media" | "legacy-media" | undefined;
  handle: (call: Call) => Answer | Promise<Answer>;
}

/** Options of a route that are not the usual. */
interface RouteOptions {
  needsToken?: boolean;
  only?: Route["only"];
}

/** Defines an endpoint; a token is needed unless said otherwise. */
export function route(
  method: string,
  pattern: string,
  handle: Route["handle"],
  options: RouteOptions = {},
): Route {
  return {
    method,
    segments: pattern.split("/").slice(1),
    needsToken: options.needsToken ?? true,
    only: options.only,
    handle,
  };
}

/** A route with the path's decoded parameters. */
export interface Match {
  route: Route;
  params: Record<string, string>;
}

/** Routes by number of segments, so that a look-up tries only a few. */
export class Router {
  readonly #bySize = new Map<number, Route[]>();

  constructor(routes: readonly Route[]) {
    for (const entry of routes) {
      const list = this.#bySize.get(entry.segments.length);
      if (list === undefined) this.#bySize.set(entry.segments.length, [entry]);
      else list.push(entry);
    }
  }

  /** Finds the endpoint: 404 for an unknown path, 405 for a known one with another method. */
  find(site: Site, method: string, path: string): Match {
    const parts = path.split("/").slice(1);
    let isKnownPath = false;
    for (const entry of this.#bySize.get(parts.length) ?? []) {
      if (!exists(site, entry)) continue;
      const params = match(site, entry.segments, parts);
      if (params === undefined) continue;
      if (entry.method === method) return { route: entry, params };
      isKnownPath = true;
    }
    if (isKnownPath) throw new MatrixError(405, "M_UNRECOGNIZED", "Unrecognized request");
    throw new MatrixError(404, "M_UNRECOGNIZED", "Unrecognized request");
  }
}

function exists(site: Site, entry: Route): boolean {
  if (entry.only === undefined || site.media === "both") return true;
  return entry.only === `${site.media}-media`;
}

function match(
  site: Site,
  segments: readonly string[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index] ?? "";
    if (segment.startsWith(":")) {
      const decoded = decode(part);
      if (decoded === undefined) return undefined;
      params[segment.slice(1)] = decoded;
    } else if (segment === "{client}") {
      if (!speaksPrefix(site, part)) return undefined;
    } else if (segment !== part) {
      return undefined;
    }
  }
  return params;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** v3 exists from v1.1 on, r0 in the r0.x versions: the prefixes follow what /versions says. */
function speaksPrefix(site: Site, prefix: string): boolean {
  if (prefix === "v3") return site.versions.some((version) => version.startsWith("v1."));
  if (prefix === "r0") return site.versions.some((version) => version.startsWith("r0."));
  return false;
}
