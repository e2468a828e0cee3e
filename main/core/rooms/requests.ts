import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { ArchivedRoom } from "../../../preload/contract/models/directory.ts";
import type { RoomDetails, StateEntry } from "../../../preload/contract/models/room-details.ts";
import type { RoomRequests } from "../../../preload/contract/models/room-requests.ts";
import type { Handlers, TopicSources } from "../api.ts";
import type { JsonObject, MatrixEvent } from "../event.ts";
import { FailureError, invalid, ok, valueOf } from "../failure.ts";
import { fetchAccountData, putAccountData } from "../homeserver/account-data.ts";
import { createRoom, fetchRoomVersions, upgradeRoom } from "../homeserver/create-room.ts";
import {
  deleteAlias,
  fetchLocalAliases,
  fetchPublished,
  putAlias,
  putPublished,
  resolveAlias,
} from "../homeserver/directory.ts";
import type { Http } from "../homeserver/http.ts";
import { fetchJoinedRooms, forgetRoom, joinRoom, orderMembership } from "../homeserver/membership.ts";
import { fetchMembers, fetchState, putState } from "../homeserver/room-state.ts";
import { mxcPath } from "../mxc.ts";
import type { Platform } from "../platform.ts";
import { memberQueries } from "../store/queries/members.ts";
import { roomQueries } from "../store/queries/rooms.ts";
import type { Store } from "../store/store.ts";
import { oneLine } from "../text.ts";
import { stepsOf, storedFacts, type Step } from "./change-room.ts";
import { createDetailsTopic } from "./details-topic.ts";
import { createDirects, type Directs } from "./directs.ts";
import type { MemberNames } from "./member-names.ts";
import { makeChat, makeRoom } from "./making.ts";
import { createMembers, type Members } from "./members.ts";
import { aliasOf, buildCreateRoom } from "./new-room.ts";
import { AVATAR_THUMBNAIL } from "./summary.ts";

// Making rooms, running them, leaving them: each request reaches the server at once, and what it changes comes back by
// sync like everything else.

type Name =
  | "loadServerFacts"
  | "checkAlias"
  | "createRoom"
  | "startDirectChat"
  | "forgetRoom"
  | "loadArchive"
  | "changeRoom"
  | "loadRoomListing"
  | "inviteToRoom"
  | "kickMember"
  | "banMember"
  | "unbanMember"
  | "upgradeRoom"
  | "loadMembers"
  | "loadRoomState"
  | "putRoomState";

export interface RoomAdministration {
  readonly handlers: Pick<Handlers, Name & keyof RoomRequests>;
  readonly sources: Pick<TopicSources, "roomDetails">;
  readonly directs: Directs;
  readonly noteMember: Members["note"];
  changed(roomIds: ReadonlySet<RoomId>): void;
  stop(): Promise<void>;
}

export interface RoomAdministrationDeps {
  readonly platform: Pick<Platform, "clock" | "random">;
  readonly store: Store;
  readonly http: Http;
  readonly ownUserId: UserId;
  readonly memberNames: MemberNames;
  readonly applyStateEvent: (roomId: RoomId, event: MatrixEvent) => void;
  readonly redactionsOf: (roomId: RoomId) => RoomDetails["redactions"];
  /** The room is gone from the store. */
  readonly onForgotten: (roomId: RoomId) => void;
}

/** The server an id belongs to. */
export const serverOf = (userId: UserId): string => userId.slice(userId.indexOf(":") + 1);

export function createRoomAdministration(deps: RoomAdministrationDeps): RoomAdministration {
  const { store, http, ownUserId } = deps;
  const rooms = roomQueries(store.cache);
  const queries = memberQueries(store.cache);
  const ownServer = serverOf(ownUserId);
  const making = {
    createRoom: (body: JsonObject) => createRoom(http, body),
    async fetchDefaultVersion() {
      const versions = await fetchRoomVersions(http);
      return versions.ok ? ok(versions.value.standard) : versions;
    },
    fetchJoinedRooms: () => fetchJoinedRooms(http),
    invite: (roomId: RoomId, userId: UserId) =>
      orderMembership(http, "invite", { roomId, userId, reason: "" }),
    fetchState: (at: Parameters<typeof fetchState>[1]) => fetchState(http, at),
    putState: (put: Parameters<typeof putState>[1]) => putState(http, put),
  };
  const directs = createDirects({
    store,
    ownUserId,
    joinRoom: (roomId) => joinRoom(http, { roomId }),
    makeChat: (userId, body) => makeChat(making, userId, body),
    invite: making.invite,
    fetchDirect: () => fetchAccountData(http, { userId: ownUserId, type: "m.direct" }),
    putDirect: (content) => putAccountData(http, { userId: ownUserId, type: "m.direct" }, content),
  });
  const details = createDetailsTopic({
    store,
    ownUserId,
    knowledge: (roomId) => members.knowledge(roomId),
    redactionsOf: deps.redactionsOf,
  });
  const members = createMembers({
    store,
    clock: deps.platform.clock,
    ownUserId,
    fetchMembers: (roomId) => fetchMembers(http, { roomId }),
    applyStateEvent: deps.applyStateEvent,
    changed: (roomId) => details.changed([roomId]),
    names: deps.memberNames,
  });

  async function take(roomId: RoomId, step: Step): Promise<void> {
    switch (step.to) {
      case "state":
        valueOf(await putState(http, { roomId, type: step.type, stateKey: "", content: step.content }));
        return;
      case "directory":
        return valueOf(await putPublished(http, { roomId, isPublished: step.isPublished }));
      case "add-alias":
        return valueOf(await putAlias(http, { alias: step.alias, roomId }));
      case "remove-alias":
        return valueOf(await deleteAlias(http, { alias: step.alias }));
    }
  }

  function forget(roomId: RoomId): void {
    store.cache.transaction(() => {
      for (const statement of queries.forget) statement.run({ roomId });
    });
    deps.memberNames.changed(roomId, null);
    deps.onForgotten(roomId);
  }

  const order =
    (what: "invite" | "kick" | "ban" | "unban") =>
    async (params: { roomId: RoomId; userId: UserId; reason: string }): Promise<void> =>
      valueOf(await orderMembership(http, what, params));

  return {
    directs,
    noteMember: (roomId, userId) => members.note(roomId, userId),
    changed: (roomIds) => details.changed(roomIds),
    stop() {
      directs.stop();
      return members.stop();
    },
    sources: { roomDetails: ({ roomId }, emit) => details.open(roomId, emit) },
    handlers: {
      async loadServerFacts() {
        const versions = await fetchRoomVersions(http);
        const known = versions.ok ? versions.value : { standard: "", stable: [] };
        return { serverName: ownServer, defaultRoomVersion: known.standard, roomVersions: known.stable };
      },
      async checkAlias({ localpart }) {
        const alias = aliasOf(localpart, ownServer);
        if (alias === null) throw new FailureError(invalid("not an address"));
        const found = await resolveAlias(http, { alias });
        if (!found.ok && found.failure.errcode !== "M_NOT_FOUND") throw new FailureError(found.failure);
        return { alias, isFree: !found.ok };
      },
      async createRoom(room) {
        if (room.aliasLocalpart !== null && aliasOf(room.aliasLocalpart, ownServer) === null)
          throw new FailureError(invalid("not an address"));
        const made = valueOf(await makeRoom(making, room, buildCreateRoom(room, ownServer)));
        const { roomId } = made;
        if (room.parentSpaceId === null) return { ...made, notInSpace: null };
        const content = { via: [ownServer] };
        const child = { roomId: room.parentSpaceId, type: "m.space.child", stateKey: roomId, content };
        // The room exists: that it is not in the space yet is told, and can be made good there.
        const put = await putState(http, child);
        return { ...made, notInSpace: put.ok ? null : put.failure };
      },
      startDirectChat: ({ userId, within }) => directs.start(userId, within),
      async forgetRoom({ roomId }) {
        valueOf(await forgetRoom(http, { roomId }));
        forget(roomId);
      },
      loadArchive: () =>
        queries.leftRooms.all({}).flatMap(({ roomId }): ArchivedRoom[] => {
          const row = rooms.loadRoom.get({ roomId });
          if (row === undefined) return [];
          return [
            {
              roomId,
              name: row.name ?? oneLine(roomId, 255),
              avatar: row.avatarMxc === null ? null : mxcPath(row.avatarMxc, AVATAR_THUMBNAIL),
              membership: row.membership === "ban" ? "ban" : "leave",
              directUserId: row.directUserId,
              lastActivityTs: row.lastActivityTs,
            },
          ];
        }),
      async changeRoom({ roomId, change }) {
        const steps = stepsOf(change, storedFacts(rooms, roomId));
        if ("kind" in steps) throw new FailureError(steps);
        for (const step of steps) await take(roomId, step);
      },
      async loadRoomListing({ roomId }) {
        const [isPublished, aliases] = await Promise.all([
          fetchPublished(http, { roomId }),
          fetchLocalAliases(http, { roomId }),
        ]);
        return {
          isPublished: valueOf(isPublished),
          aliases: valueOf(aliases).map((alias) => oneLine(alias, 255)),
        };
      },
      inviteToRoom: order("invite"),
      kickMember: order("kick"),
      banMember: order("ban"),
      unbanMember: order("unban"),
      upgradeRoom: async ({ roomId, version }) => valueOf(await upgradeRoom(http, { roomId, version })),
      loadMembers: (params) => members.page(params),
      loadRoomState: ({ roomId }) =>
        queries.stateOf.all({ roomId }).map(({ type, stateKey, sender, content }): StateEntry => ({
          type,
          stateKey,
          sender,
          content: JSON.stringify(JSON.parse(content), null, 2),
        })),
      async putRoomState({ roomId, type, stateKey, content }) {
        valueOf(await putState(http, { roomId, type, stateKey, content: jsonObject(content) }));
      },
    },
  };
}

function jsonObject(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  throw new FailureError(invalid("not a JSON object"));
}
