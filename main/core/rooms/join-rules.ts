import type { JoinRule } from "../../../preload/contract/models/room-details.ts";

// Pure: which join rules a room of a version can have (spec, rooms/v7, v8 and v10).

const since: Readonly<Record<JoinRule, number>> = {
  public: 1,
  invite: 1,
  knock: 7,
  restricted: 8,
  knock_restricted: 10,
};

/** Versions that are no plain number are experiments built on newer ones: everything is offered, the server decides. */
export function joinRulesOf(version: string): readonly JoinRule[] {
  const number = /^\d{1,3}$/.test(version) ? Number(version) : Infinity;
  return (Object.keys(since) as JoinRule[]).filter((rule) => since[rule] <= number);
}
