import type { z } from "zod";
import { FailureError, invalid } from "../core/failure.ts";

/**
 * The checked name and parameters of a request or topic; throws an `invalid` failure otherwise. Names are looked up
 * among own properties only: `constructor` and its relatives are in every object and are nobody's request.
 */
export function paramsOf<Name extends string>(
  schemas: Readonly<Record<Name, z.ZodType>>,
  name: string,
  params: unknown,
): { readonly name: Name; readonly params: unknown } {
  if (!isKeyOf(schemas, name)) throw new FailureError(invalid(`there is no ${JSON.stringify(name)}`));
  const parsed = schemas[name].safeParse(params);
  if (parsed.success) return { name, params: parsed.data };
  // Paths and codes only: a value may be a password or somebody's words.
  const issues = parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join(".")} ${issue.code}`);
  throw new FailureError(invalid(`${name}: ${issues.join(", ")}`));
}

function isKeyOf<Name extends string>(schemas: Readonly<Record<Name, unknown>>, name: string): name is Name {
  return Object.hasOwn(schemas, name);
}
