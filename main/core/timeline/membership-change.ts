import type { UserId } from "../../../preload/contract/ids.ts";
import type { StateChange } from "../../../preload/contract/models/timeline.ts";
import { stringOf, type JsonObject } from "../event.ts";
import { parseMxc } from "../mxc.ts";
import { oneLine, plainText } from "../text.ts";
import { prevContentOf } from "./profile.ts";
import type { StateEvent } from "./state-change.ts";

type Change = Extract<StateChange, { type: "membership" }>["change"];
const memberships = ["join", "leave", "invite", "ban", "knock"] as const;
type Membership = (typeof memberships)[number];

const MAX_NAME = 255;
const MAX_REASON = 1000;

/** The table "How to interpret membership changes" of the client-server API; null where nothing changed. */
export function membershipChange(
  event: StateEvent,
  nameOf: (userId: UserId) => string | null,
): StateChange | null {
  const { content, sender, stateKey } = event;
  const now = membershipIn(content);
  if (now === null || stateKey === "") return null;
  const prev = prevContentOf(event.raw);
  const before = prev === null ? null : membershipIn(prev);
  // A member event that leaves the membership as it was is not a join (PRF-03).
  if (now === "join" && before === "join") return prev === null ? null : profileChange(prev, content);
  const change = transition(before, now, sender === stateKey);
  if (change === null) return null;
  const target = stateKey as UserId;
  const targetName = nameIn(content) ?? (prev === null ? null : nameIn(prev)) ?? nameOf(target) ?? target;
  return { type: "membership", change, target, targetName, reason: plainText(content["reason"], MAX_REASON) };
}

/** `before` null: the server did not say; then it is what it says it is and nothing is invented (STA-04). */
function transition(before: Membership | null, now: Membership, isOwnDoing: boolean): Change | null {
  if (before === now) return null;
  switch (now) {
    case "join":
      return "joined";
    case "invite":
      return before === "knock" ? "knock-accepted" : "invited";
    case "ban":
      return "banned";
    case "knock":
      return "knocked";
    case "leave":
      if (before === "invite") return isOwnDoing ? "declined" : "withdrawn";
      if (before === "knock") return isOwnDoing ? "knock-retracted" : "knock-denied";
      if (before === "ban") return "unbanned";
      return isOwnDoing ? "left" : "kicked";
  }
}

function profileChange(prev: JsonObject, content: JsonObject): StateChange | null {
  const nameFrom = nameIn(prev);
  const nameTo = nameIn(content);
  const isAvatarChanged = parseMxc(prev["avatar_url"]) !== parseMxc(content["avatar_url"]);
  return nameFrom === nameTo && !isAvatarChanged
    ? null
    : { type: "profile", nameFrom, nameTo, isAvatarChanged };
}

function membershipIn(content: JsonObject): Membership | null {
  const membership = stringOf(content, "membership");
  return memberships.find((one) => one === membership) ?? null;
}

function nameIn(content: JsonObject): string | null {
  const name = plainText(content["displayname"], MAX_NAME);
  return name === null ? null : oneLine(name, MAX_NAME);
}
