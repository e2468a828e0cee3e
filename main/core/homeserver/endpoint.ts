import { isObject, type JsonObject } from "../event.ts";
import { failed, invalid, ok, type Result } from "../failure.ts";
import type { Http, HttpRequest } from "./http.ts";

/** A request whose path may have turned out impossible (`path.ts`). */
export type EndpointRequest = Omit<HttpRequest, "path"> & { readonly path: string | null };

/** Asks and parses. `parse` answers null for what the specification does not allow. */
export async function ask<T>(
  http: Http,
  { path, ...options }: EndpointRequest,
  parse: (answer: JsonObject) => T | null,
): Promise<Result<T>> {
  if (path === null) return failed(invalid("an identifier that cannot be part of a path"));
  const result = await http.request({ ...options, path });
  if (!result.ok) return result;
  const value = isObject(result.value) ? parse(result.value) : null;
  return value === null
    ? failed({ kind: "malformed", message: "the answer lacks what it must have", status: 200 })
    : ok(value);
}

/** Asks where the answer says no more than that it worked. */
export async function tell(http: Http, request: EndpointRequest): Promise<Result<void>> {
  const result = await ask(http, request, () => true);
  return result.ok ? ok(undefined) : result;
}

/** `{ signal }` where there is one: an absent key and an undefined one are different things to our types. */
export const withSignal = (signal: AbortSignal | undefined): { readonly signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };
