import { isObject, objectOr, stringList } from "./json.ts";
import { forbidden } from "./matrix-error.ts";
import type { Room } from "./room.ts";

/** True when the room's creators stand above all power levels (room version 12 and later). */
function hasCreatorPower(room: Room): boolean {
  return Number.parseInt(room.version, 10) >= 12;
}

function creatorsOf(room: Room): string[] {
  const create = room.state("m.room.create");
  if (create === undefined) return [];
  const additional = stringList(create.raw.content["additional_creators"]) ?? [];
  return [create.raw.sender, ...additional];
}

function numberOr(value: unknown, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}

/** The user's power level in the room now. */
export function powerOf(room: Room, userId: string): number {
  if (hasCreatorPower(room) && creatorsOf(room).includes(userId)) return Infinity;
  const levels = room.state("m.room.power_levels")?.raw.content;
  if (levels === undefined) return creatorsOf(room)[0] === userId ? 100 : 0;
  const users = objectOr(levels["users"]);
  return numberOr(users[userId], numberOr(levels["users_default"], 0));
}

/** The level an action needs: ban, kick, redact, invite. */
export function levelFor(room: Room, action: "ban" | "kick" | "redact" | "invite"): number {
  const levels = room.state("m.room.power_levels")?.raw.content;
  return numberOr(levels?.[action], action === "invite" ? 0 : 50);
}

function levelToSend(room: Room, type: string, isState: boolean): number {
  const levels = room.state("m.room.power_levels")?.raw.content;
  if (levels === undefined) return isState ? 50 : 0;
  const own = objectOr(levels["events"])[type];
  if (typeof own === "number") return own;
  return isState ? numberOr(levels["state_default"], 50) : numberOr(levels["events_default"], 0);
}

/** Throws 403 unless the user is in the room. */
export function assertJoined(room: Room, userId: string): void {
  if (!room.joined.has(userId)) throw forbidden(`User ${userId} not in room ${room.id}`);
}

/** Throws 403 unless the user may send events of this type. */
export function assertMaySend(room: Room, userId: string, type: string, isState: boolean): void {
  assertJoined(room, userId);
  if (powerOf(room, userId) < levelToSend(room, type, isState)) {
    throw forbidden(`You don't have permission to post that to the room: ${type}`);
  }
}

/** Throws 403 unless the user may join by themselves. */
export function assertMayJoin(room: Room, userId: string, isAllowedByRule = false): void {
  const membership = room.membership(userId);
  if (membership === "ban") throw forbidden("You are banned from this room");
  if (membership === "join" || membership === "invite") return;
  const rules = room.state("m.room.join_rules")?.raw.content ?? {};
  const isRestricted = rules["join_rule"] === "restricted" || rules["join_rule"] === "knock_restricted";
  if (isRestricted && isAllowedByRule) return;
  if (rules["join_rule"] !== "public") throw forbidden("You are not invited to this room.");
}

/** Throws 403 unless `actor` may do this to `target` (kick, ban, unban). */
export function assertMayRemove(room: Room, actor: string, target: string, action: "kick" | "ban"): void {
  assertJoined(room, actor);
  const power = powerOf(room, actor);
  if (power < levelFor(room, action) || power <= powerOf(room, target)) {
    throw forbidden(`You don't have permission to ${action} ${target}`);
  }
}

/** True when the content could be a power level event of this room. */
export function isValidPowerLevels(room: Room, content: Record<string, unknown>): boolean {
  const users = content["users"];
  if (users !== undefined && !isObject(users)) return false;
  if (!hasCreatorPower(room)) return true;
  return !creatorsOf(room).some((creator) => creator in objectOr(users));
}
