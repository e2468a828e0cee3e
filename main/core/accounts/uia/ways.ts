import type { Challenge } from "../../homeserver/interactive.ts";

// Which of the ways that a server offers to go, and what comes next on it. Pure.

/** How much a stage asks of a person; what is not here is done on the server's own page. */
const effort: Readonly<Record<string, number>> = {
  "m.login.dummy": 0,
  "m.login.password": 1,
  "m.login.terms": 1,
  "m.login.registration_token": 2,
  "m.login.sso": 3,
  "m.oauth": 3,
  "m.login.recaptcha": 4,
  "m.login.email.identity": 6,
  "m.login.msisdn": 8,
};
const PAGE_EFFORT = 5;
/** One that we know is always preferred to one that we do not (UIA-02). */
const UNKNOWN_EFFORT = 100;

/** Stages a person does here, without a page of the server's. */
const HERE = new Set([
  "m.login.dummy",
  "m.login.password",
  "m.login.terms",
  "m.login.registration_token",
  "m.login.email.identity",
  "m.login.msisdn",
]);

export interface Way {
  readonly stages: readonly string[];
  /** The first that is not done, in the server's order; null where all are. */
  readonly next: string | null;
  /** How many are done. */
  readonly done: number;
}

/** True where this stage is a page in the browser. */
export const isPage = (type: string): boolean => !HERE.has(type);

/**
 * The ways that can be gone from here, the easiest first. `wanted` is the stage by which somebody chose one. Without a
 * session no page can be opened, so no way with one is possible.
 */
export function waysOf(challenge: Challenge, wanted: string | null): readonly Way[] {
  const { flows, completed, session } = challenge;
  const possible = flows.filter((stages) => session !== null || !stages.some(isPage));
  // Where something is done already, a way that goes on from there is no detour.
  const onward = possible.filter((stages) => completed.every((type) => stages.includes(type)));
  const ways = (onward.length > 0 ? onward : possible).map((stages) => wayOf(stages, completed));
  const cost = (way: Way): number => (wanted !== null && way.next === wanted ? -1 : effortOf(way, completed));
  return ways
    .map((way) => ({ way, cost: cost(way) }))
    .sort((a, b) => a.cost - b.cost)
    .map(({ way }) => way);
}

function wayOf(stages: readonly string[], completed: readonly string[]): Way {
  const left = stages.filter((type) => !completed.includes(type));
  return { stages, next: left[0] ?? null, done: stages.length - left.length };
}

const effortOf = ({ stages }: Way, completed: readonly string[]): number =>
  stages
    .filter((type) => !completed.includes(type))
    .reduce((sum, type) => {
      const known = Object.hasOwn(effort, type) ? effort[type] : undefined;
      return sum + (known ?? UNKNOWN_EFFORT + PAGE_EFFORT);
    }, 0);
