import type { ServerAcl } from "../../preload/contract/models/room-details.ts";

/** Which servers may take part, in words (spec: m.room.server_acl: `*` stands for anything, the deny list for more). */
export function aclSentences({ allow, deny, allowsIpLiterals }: ServerAcl): readonly string[] {
  const allowed = allow.includes("*")
    ? "Every server may take part."
    : allow.length === 0
      ? "No server may take part."
      : `Only these servers may take part: ${listed(allow)}.`;
  return [
    allowed,
    ...(deny.length === 0 ? [] : [`Shut out: ${listed(deny)}.`]),
    ...(allowsIpLiterals ? [] : ["Servers without a name are shut out."]),
  ];
}

const listed = (patterns: readonly string[]): string => patterns.map(inWords).join(", ");

/** The most common pattern reads like what it means. */
const inWords = (pattern: string): string =>
  pattern.startsWith("*.") && !/[*?]/.test(pattern.slice(2)) ? `all below ${pattern.slice(2)}` : pattern;
