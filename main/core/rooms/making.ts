import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { NewRoom, NotInvited } from "../../../preload/contract/models/new-room.ts";
import { objectOf, type JsonObject } from "../event.ts";
import { ok, type Failure, type Result } from "../failure.ts";
import { creatorsAboveLevels, hasCreatorsAboveLevels } from "./power.ts";

// A new room with people who are invited at once (CRT-08). A server that refuses one of them refuses the whole request,
// without saying whom, and some have made the room by then (Synapse invites last). The room is made all the same, and
// everybody is invited alone: then it is known who could not be.

export interface MakingDeps {
  readonly createRoom: (body: JsonObject) => Promise<Result<{ readonly roomId: RoomId }>>;
  /** Of rooms for which none is chosen. */
  readonly fetchDefaultVersion: () => Promise<Result<string>>;
  readonly fetchJoinedRooms: () => Promise<Result<readonly RoomId[]>>;
  readonly invite: (roomId: RoomId, userId: UserId) => Promise<Result<void>>;
  readonly fetchState: (at: {
    readonly roomId: RoomId;
    readonly type: string;
    readonly stateKey: string;
  }) => Promise<Result<JsonObject | null>>;
  readonly putState: (put: {
    readonly roomId: RoomId;
    readonly type: string;
    readonly stateKey: string;
    readonly content: JsonObject;
  }) => Promise<Result<unknown>>;
}

export interface Made {
  readonly roomId: RoomId;
  readonly notInvited: readonly NotInvited[];
}

/** A room that is there; `failure`: what its making failed with all the same. */
interface Found {
  readonly roomId: RoomId;
  readonly failure: Failure | null;
}

/** `body`: what /createRoom is to be given for `room`. */
export async function makeRoom(deps: MakingDeps, room: NewRoom, body: JsonObject): Promise<Result<Made>> {
  const found =
    room.invite.length === 0 ? withoutFailure(await deps.createRoom(body)) : await createOrFind(deps, body);
  if (found.ok && found.value.failure === null) return ok({ roomId: found.value.roomId, notInvited: [] });
  if (!found.ok && !mayBeAboutPeople(found.failure)) return found;
  const made = found.ok ? found : await deps.createRoom(await withoutPeople(deps, room, body));
  // It was not about them after all.
  if (!made.ok) return made;
  return ok(await inviteAll(deps, made.value.roomId, room));
}

/** A chat with one person. Where they cannot be invited and the room is there, it says why; where it is not, it fails. */
export async function makeChat(deps: MakingDeps, userId: UserId, body: JsonObject): Promise<Result<Found>> {
  const found = await createOrFind(deps, body);
  if (!found.ok || found.value.failure === null) return found;
  return (await isThere(deps, found.value.roomId, userId)) ? ok({ ...found.value, failure: null }) : found;
}

/** Some servers have made the room by the time they fail, and what they answered may have been lost. */
async function createOrFind(deps: MakingDeps, body: JsonObject): Promise<Result<Found>> {
  const before = await deps.fetchJoinedRooms();
  const made = withoutFailure(await deps.createRoom(body));
  if (made.ok || !before.ok || !isWorthALook(made.failure)) return made;
  const roomId = await madeMeanwhile(deps, before.value);
  return roomId === null ? made : ok({ roomId, failure: made.failure });
}

const withoutFailure = (made: Result<{ readonly roomId: RoomId }>): Result<Found> =>
  made.ok ? ok({ roomId: made.value.roomId, failure: null }) : made;

/** Nothing was done where we were told to wait or are nobody; else the server may have done a part. */
const isWorthALook = ({ kind }: Failure): boolean => kind !== "limited" && kind !== "unauthorized";

const peopleCodes = new Set([
  "M_INVITE_BLOCKED",
  "M_FORBIDDEN",
  "M_BAD_STATE",
  "M_INVALID_PARAM",
  "M_UNKNOWN",
]);
const mayBeAboutPeople = ({ kind, errcode }: Failure): boolean =>
  kind === "rejected" && peopleCodes.has(errcode ?? "");

/** The one room we are in now and were not before; null: none, or one cannot tell. */
async function madeMeanwhile(deps: MakingDeps, before: readonly RoomId[]): Promise<RoomId | null> {
  const now = await deps.fetchJoinedRooms();
  if (!now.ok) return null;
  const known = new Set(before);
  const [only, another] = now.value.filter((roomId) => !known.has(roomId));
  return only === undefined || another !== undefined ? null : only;
}

/**
 * The same room with nobody invited. Where all are to be equal, creators can only be named now (room version 12): the
 * server does it by itself for those who are invited at once.
 */
async function withoutPeople(deps: MakingDeps, room: NewRoom, body: JsonObject): Promise<JsonObject> {
  const { invite: _later, ...rest } = body;
  if (room.preset !== "trusted_private_chat") return rest;
  const standard = room.roomVersion === null ? await deps.fetchDefaultVersion() : ok(room.roomVersion);
  if (!standard.ok || !hasCreatorsAboveLevels(standard.value)) return rest;
  const creation = { ...objectOf(body, "creation_content"), additional_creators: room.invite };
  return { ...rest, creation_content: creation };
}

async function inviteAll(deps: MakingDeps, roomId: RoomId, room: NewRoom): Promise<Made> {
  const invited: UserId[] = [];
  const notInvited: NotInvited[] = [];
  for (const userId of room.invite) {
    const done = (await isThere(deps, roomId, userId)) ? ok(undefined) : await deps.invite(roomId, userId);
    if (done.ok) invited.push(userId);
    else notInvited.push({ userId, failure: done.failure });
  }
  if (room.preset === "trusted_private_chat") await raise(deps, roomId, invited);
  return { roomId, notInvited };
}

async function isThere(deps: MakingDeps, roomId: RoomId, userId: UserId): Promise<boolean> {
  const member = await deps.fetchState({ roomId, type: "m.room.member", stateKey: userId });
  const membership = member.ok ? member.value?.["membership"] : undefined;
  return membership === "invite" || membership === "join";
}

/** Everyone equal, as the preset would have made them (CRT-14). */
async function raise(deps: MakingDeps, roomId: RoomId, people: readonly UserId[]): Promise<void> {
  const at = { roomId, type: "m.room.power_levels", stateKey: "" };
  const [create, levels] = [
    await deps.fetchState({ ...at, type: "m.room.create" }),
    await deps.fetchState(at),
  ];
  if (!create.ok || !levels.ok || levels.value === null) return;
  // Creators stand above all levels, and the event must not name them (room version 12).
  const above = creatorsAboveLevels(create.value, null);
  const users = { ...objectOf(levels.value, "users") };
  const missing = people.filter((userId) => !above.includes(userId) && users[userId] !== 100);
  if (missing.length === 0) return;
  for (const userId of missing) users[userId] = 100;
  await deps.putState({ ...at, content: { ...levels.value, users } });
}
