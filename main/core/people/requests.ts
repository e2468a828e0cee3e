import type { MxcUri, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Boundaries, Person } from "../../../preload/contract/models/person.ts";
import type { Handlers, TopicSources } from "../api.ts";
import { objectOf, type JsonObject } from "../event.ts";
import { valueOf } from "../failure.ts";
import { fetchAccountData, putAccountData } from "../homeserver/account-data.ts";
import { reportEvent, reportRoom, reportUser, searchUsers } from "../homeserver/directory.ts";
import type { Http } from "../homeserver/http.ts";
import { isUserId } from "../homeserver/login.ts";
import { fetchProfile } from "../homeserver/profile.ts";
import { mxcPath, parseMxc } from "../mxc.ts";
import { ignoringQueries } from "../store/queries/ignoring.ts";
import { memberQueries } from "../store/queries/members.ts";
import { roomQueries } from "../store/queries/rooms.ts";
import type { Store } from "../store/store.ts";
import { oneLine, plainText } from "../text.ts";
import { IGNORED_LIST } from "./ignoring.ts";

// Other people: finding them, their card, ignoring and reporting them.

type Name =
  | "searchPeople"
  | "loadPerson"
  | "setIgnored"
  | "setInvitesBlocked"
  | "reportPerson"
  | "reportRoom"
  | "reportMessage";

export interface PeopleDeps {
  readonly http: Http;
  readonly store: Store;
  readonly ownUserId: UserId;
  readonly directRoomOf: (userId: UserId) => RoomId | null;
}

const AVATAR = { width: 144, height: 144, method: "crop" } as const;
/** People of one answer. */
const MOST = 20;
/** Shared rooms that are named. */
const MOST_ROOMS = 50;
const INVITES = "m.invite_permission_config";

export interface People {
  readonly handlers: Pick<Handlers, Name>;
  readonly sources: Pick<TopicSources, "boundaries">;
  /** Something was committed: who watches is told what of this has changed. */
  committed(): void;
}

export function createPeople(deps: PeopleDeps): People {
  const { http, ownUserId } = deps;
  const rooms = roomQueries(deps.store.cache);
  const members = memberQueries(deps.store.cache);
  const ignoring = ignoringQueries(deps.store.cache);

  async function search(term: string): Promise<{ people: readonly Person[]; isLimited: boolean }> {
    const exact = term.trim();
    const found = await searchUsers(http, { term, limit: MOST });
    // A directory that refuses or is not there does not stop somebody who knows the full id.
    const answer = !found.ok && isUserId(exact) ? { users: [], isLimited: false } : valueOf(found);
    const people = answer.users.flatMap(({ userId, raw }) =>
      isUserId(userId) ? [personOf(userId, nameIn(raw["display_name"]), parseMxc(raw["avatar_url"]))] : [],
    );
    // Somebody the directory does not know can still be written to by their full id.
    if (!isUserId(exact) || people.some(({ userId }) => userId === exact))
      return { people, isLimited: answer.isLimited };
    const profile = await fetchProfile(http, { userId: exact });
    const { displayName, avatarMxc } = profile.ok ? profile.value : { displayName: null, avatarMxc: null };
    return { people: [personOf(exact, displayName, avatarMxc), ...people], isLimited: answer.isLimited };
  }

  /** Account data as the sync brought it. */
  function stored(type: string): JsonObject {
    const row = rooms.loadAccountData.get({ roomId: "", type });
    return row === undefined ? {} : (JSON.parse(row.content) as JsonObject);
  }
  const ignored = (): JsonObject => objectOf(stored(IGNORED_LIST), "ignored_users");

  const watchers = new Set<(boundaries: Boundaries) => void>();
  let shown = "";
  const boundaries = (): Boundaries => ({
    ignored: ignoring.ignored
      .all({})
      .map(({ userId, displayName, avatarMxc }) => personOf(userId, displayName, avatarMxc)),
    areInvitesBlocked: stored(INVITES)["default_action"] === "block",
  });

  async function setIgnored(userId: UserId, isIgnored: boolean): Promise<void> {
    // The server's own list is the base: another device may have added to it.
    const data = { userId: ownUserId, type: IGNORED_LIST };
    const current = valueOf(await fetchAccountData(http, data));
    const users = { ...objectOf(current, "ignored_users") };
    if (Object.hasOwn(users, userId) === isIgnored) return;
    if (isIgnored) users[userId] = {};
    else delete users[userId];
    valueOf(await putAccountData(http, data, { ...current, ignored_users: users }));
  }

  async function setInvitesBlocked(areBlocked: boolean): Promise<void> {
    const data = { userId: ownUserId, type: INVITES };
    // What else the event says, or will say one day, stays.
    const { default_action: _before, ...others } = valueOf(await fetchAccountData(http, data));
    const content = areBlocked ? { ...others, default_action: "block" } : others;
    valueOf(await putAccountData(http, data, content));
  }

  const handlers: People["handlers"] = {
    setInvitesBlocked: ({ areBlocked }) => setInvitesBlocked(areBlocked),
    searchPeople: ({ term }) => search(term),
    async loadPerson({ userId }) {
      const shared = userId === ownUserId ? [] : members.roomsWith.all({ userId });
      const profile = await fetchProfile(http, { userId });
      // Offline, or a server that tells nothing of strangers: a room where we met them knows how they are called.
      const first = shared[0];
      const known = first === undefined ? undefined : rooms.loadMember.get({ roomId: first.roomId, userId });
      const person = profile.ok
        ? personOf(userId, profile.value.displayName, profile.value.avatarMxc)
        : personOf(userId, known?.displayName ?? null, known?.avatarMxc ?? null);
      return {
        ...person,
        isOwn: userId === ownUserId,
        isIgnored: Object.hasOwn(ignored(), userId),
        directRoomId: deps.directRoomOf(userId),
        sharedRooms: shared
          .slice(0, MOST_ROOMS)
          .map(({ roomId, name }) => ({ roomId, name: name ?? oneLine(roomId, 255) })),
        sharedCount: shared.length,
      };
    },
    setIgnored: ({ userId, isIgnored }) => setIgnored(userId, isIgnored),
    reportPerson: async ({ userId, reason }) => valueOf(await reportUser(http, { userId, reason })),
    reportRoom: async ({ roomId, reason }) => valueOf(await reportRoom(http, { roomId, reason })),
    reportMessage: async (event) => valueOf(await reportEvent(http, event)),
  };
  return {
    handlers,
    sources: {
      boundaries(_params, emit) {
        const snapshot = boundaries();
        shown = JSON.stringify(snapshot);
        watchers.add(emit);
        return { snapshot, stop: () => watchers.delete(emit) };
      },
    },
    committed() {
      if (watchers.size === 0) return;
      const now = boundaries();
      const text = JSON.stringify(now);
      if (text === shown) return;
      shown = text;
      for (const emit of watchers) emit(now);
    },
  };
}

const nameIn = (value: unknown): string | null => {
  const name = plainText(value, 255);
  return name === null ? null : oneLine(name, 255);
};

const personOf = (userId: UserId, displayName: string | null, avatarMxc: MxcUri | null): Person => ({
  userId,
  displayName,
  avatar: avatarMxc === null ? null : mxcPath(avatarMxc, AVATAR),
});
