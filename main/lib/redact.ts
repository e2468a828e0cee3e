// The last net under the rule that nobody logs a secret: error texts of others (a URL, a header dump) may hold one.
const patterns: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[^\s"',;]+/gi, "$1 [redacted]"],
  // Keys of JSON, of queries and of inspected objects: "access_token":"x", token=x, password: 'x'.
  [
    /\b([a-z_-]*(?:token|password|secret|cookie|authorization))(["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'&,;}\]]+)/gi,
    "$1$2[redacted]",
  ],
  // Tokens with a telling prefix: syt_…, syr_…, mct_…, mcr_…, mat_….
  [/\b(?:sy[a-z]|mc[a-z]|mat)_[A-Za-z0-9+/=-]{6,}(?:_[A-Za-z0-9]+)*\b/g, "[redacted]"],
  // V8 quotes what it could not parse.
  [
    /\b(Unexpected token|Unexpected non-whitespace|Expected [^"]{1,60}) .{0,200}?( is not valid JSON)/g,
    "$1 [redacted]$2",
  ],
];

/** `text` without what looks like a secret. */
export function redact(text: string): string {
  return patterns.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
}
