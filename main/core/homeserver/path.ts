// Paths below the homeserver's base URL. Identifiers are opaque and may hold anything (TRN-06, TRN-08): every one is
// percent-encoded whole, and the two segments that no encoding can protect are refused.

/** `identifier` as one path segment, or null when it cannot be one. Only unreserved characters stay as they are. */
export function pathSegment(identifier: string): string | null {
  // URL parsers walk up at "..", also when it is percent-encoded.
  if (identifier === "" || identifier === "." || identifier === "..") return null;
  if (!identifier.isWellFormed()) return null;
  return encodeURIComponent(identifier).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A path with identifiers put in as segments: path`/_matrix/client/v3/rooms/${roomId}/join`. Null: see `pathSegment`. */
export function path(fixed: TemplateStringsArray, ...identifiers: readonly string[]): string | null {
  let whole = fixed[0] ?? "";
  for (const [i, identifier] of identifiers.entries()) {
    const segment = pathSegment(identifier);
    if (segment === null) return null;
    whole += segment + (fixed[i + 1] ?? "");
  }
  return whole;
}
