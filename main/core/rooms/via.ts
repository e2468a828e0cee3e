import { isIPv4 } from "node:net";
import type { UserId } from "../../../preload/contract/ids.ts";
import type { JsonObject } from "../event.ts";
import { isServerName } from "../mxc.ts";
import { numeric, type Rights } from "./rights.ts";

// Pure: servers through which others can join, for links and spaces (spec, appendices: Routing).

/** As many as the specification recommends. */
const MOST = 3;
/** Who has less is not likely to be there in the distant future. */
const LIKELY_TO_STAY = 50;

export interface ViaFacts {
  /** Where members are at home, most populous first. */
  readonly servers: readonly string[];
  /** Joined people who may stand above others. */
  readonly people: readonly UserId[];
  readonly rights: Pick<Rights, "level">;
  /** Content of m.room.server_acl, or null. */
  readonly acl: JsonObject | null;
}

/** That of whoever stands highest, then the most populous; none that is shut out, and no bare addresses. */
export function viaServers({ servers, people, rights, acl }: ViaFacts): readonly string[] {
  const ranked = people
    .map((userId) => ({ server: serverOf(userId), level: numeric(rights.level(userId)) }))
    .filter(({ level }) => level >= LIKELY_TO_STAY)
    // By name where they are equal, so that the same room makes the same link.
    .sort((a, b) => (a.level === b.level ? (a.server < b.server ? -1 : 1) : a.level > b.level ? -1 : 1));
  const isFit = (server: string): boolean =>
    isServerName(server) && !isAddress(server) && (acl === null || isLetIn(acl, server));
  const [first] = ranked.map(({ server }) => server).filter(isFit);
  const fit = [...(first === undefined ? [] : [first]), ...servers.filter(isFit)];
  return [...new Set(fit)].slice(0, MOST);
}

const serverOf = (userId: UserId): string => userId.slice(userId.indexOf(":") + 1);
const hostOf = (server: string): string => server.replace(/:\d+$/, "");
const isAddress = (server: string): boolean => server.startsWith("[") || isIPv4(hostOf(server));

/** Denied is denied; all others need to be allowed, and without a list nobody is (spec: m.room.server_acl). */
function isLetIn(acl: JsonObject, server: string): boolean {
  const host = hostOf(server).toLowerCase();
  const isIn = (list: unknown): boolean =>
    Array.isArray(list) &&
    list.some((pattern) => typeof pattern === "string" && matches(pattern.toLowerCase(), host));
  return !isIn(acl["deny"]) && isIn(acl["allow"]);
}

/** `*` any characters, `?` one. By hand: somebody else's pattern must not become a slow regular expression. */
function matches(pattern: string, text: string): boolean {
  let at = 0;
  let inText = 0;
  let star = -1;
  let resume = 0;
  while (inText < text.length) {
    if (pattern[at] === "*") [star, resume, at] = [at, inText, at + 1];
    else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === text[inText]))
      [at, inText] = [at + 1, inText + 1];
    else if (star >= 0) [at, resume, inText] = [star + 1, resume + 1, resume + 1];
    else return false;
  }
  while (pattern[at] === "*") at += 1;
  return at === pattern.length;
}
