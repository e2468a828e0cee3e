import { isObject, type JsonObject } from "../event.ts";
import { plainText } from "../text.ts";

/**
 * The words of an extensible event (MSC1767): `m.text`, a list of representations of which the plain one counts, the
 * unstable `org.matrix.msc1767.text`, or `body`. Null where nothing is to be read.
 */
export function extensibleText(content: JsonObject, maxLength: number): string | null {
  return (
    representationIn(content["m.text"], maxLength) ??
    representationIn(content["org.matrix.msc1767.text"], maxLength) ??
    representationIn(content["org.matrix.msc1767.message"], maxLength) ??
    plainText(content["body"], maxLength)
  );
}

function representationIn(value: unknown, maxLength: number): string | null {
  if (!Array.isArray(value)) return plainText(value, maxLength);
  for (const one of value as readonly unknown[]) {
    if (!isObject(one)) continue;
    const isPlain = one["mimetype"] === undefined || one["mimetype"] === "text/plain";
    const text = isPlain ? plainText(one["body"], maxLength) : null;
    if (text !== null) return text;
  }
  return null;
}
