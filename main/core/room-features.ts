import type { RoomId, UserId } from "../../preload/contract/ids.ts";
import type { FoundRoom } from "../../preload/contract/models/directory.ts";
import type { RoomRequests } from "../../preload/contract/models/room-requests.ts";
import type { Handlers, TopicSources } from "./api.ts";
import type { Changes } from "./changes.ts";
import { parseFoundRoom } from "./directory/found-room.ts";
import { createPeek } from "./directory/peek.ts";
import { createDirectory } from "./directory/requests.ts";
import type { MatrixEvent } from "./event.ts";
import { FailureError, invalid, valueOf, type Result } from "./failure.ts";
import type { Http } from "./homeserver/http.ts";
import { joinRoom, leaveRoom } from "./homeserver/membership.ts";
import { createPeople } from "./people/requests.ts";
import type { Platform } from "./platform.ts";
import { viaOf } from "./rooms/change-room.ts";
import { createKnocks, type Declined, type Knocks } from "./rooms/knocks.ts";
import type { MemberNames } from "./rooms/member-names.ts";
import { createRoomAdministration, serverOf } from "./rooms/requests.ts";
import type { RoomIntents } from "./room-intents.ts";
import { createPutLoop } from "./sending/put-loop.ts";
import { createSpaces } from "./spaces/spaces.ts";
import { memberQueries } from "./store/queries/members.ts";
import { roomQueries } from "./store/queries/rooms.ts";
import type { Store } from "./store/store.ts";
import { describePeeked } from "./timeline/preview.ts";

// Rooms, people and spaces put together: each feature is handed the functions of the others that it needs.

export interface RoomFeatures {
  readonly handlers: Pick<
    Handlers,
    | Exclude<keyof RoomRequests, keyof RoomIntents["handlers"] | "fetchArchive">
    | "acceptInvite"
    | "declineInvite"
  >;
  readonly sources: Pick<TopicSources, "roomDetails" | "spaces" | "boundaries">;
  /** A sync or anything else was written. */
  committed(): void;
  noteEvent(roomId: RoomId, event: MatrixEvent): void;
  changed(changes: Changes): void;
  afterKnock: Knocks["answered"];
  start(): void;
  /** The network is said to be back. */
  poke(): void;
  /** The server can be reached and we are up to date. */
  synced(): void;
  stop(): Promise<void>;
}

export interface RoomFeaturesDeps {
  readonly platform: Pick<Platform, "clock" | "random" | "log">;
  readonly store: Store;
  readonly http: Http;
  readonly ownUserId: UserId;
  readonly memberNames: MemberNames;
  readonly applyStateEvent: (roomId: RoomId, event: MatrixEvent) => void;
  readonly redactionsOf: RoomIntents["redactionsOf"];
  readonly onKnockDeclined: (declined: Declined) => void;
  /** Something about these rooms changed without a sync. */
  readonly publish: (roomIds: ReadonlySet<RoomId>) => void;
}

export function createRoomFeatures(deps: RoomFeaturesDeps): RoomFeatures {
  const { store, http, ownUserId } = deps;
  const rooms = roomQueries(store.cache);
  const members = memberQueries(store.cache);
  const ownServer = serverOf(ownUserId);
  const membershipOf = (roomId: RoomId): FoundRoom["membership"] =>
    (rooms.loadRoom.get({ roomId })?.membership ?? "leave") as FoundRoom["membership"];
  const via = (roomId: RoomId): readonly string[] => viaOf(members, roomId, ownServer);

  const administration = createRoomAdministration({
    ...deps,
    onForgotten: (roomId) => deps.publish(new Set([roomId])),
  });
  const { directs } = administration;
  const directory = createDirectory({
    http,
    ownServer,
    membershipOf,
    replacementOf(roomId) {
      const next = rooms.loadRoom.get({ roomId })?.replacementRoomId ?? null;
      if (next === null) return null;
      // Who closed the old room was the first in the new one.
      const closed = rooms.loadState.get({ roomId, type: "m.room.tombstone", stateKey: "" });
      const servers = closed === undefined ? [] : [serverOf(closed.sender)];
      return { roomId: next, via: [...new Set([...servers, ...via(roomId)])] };
    },
  });
  const peek = createPeek({
    http,
    clock: deps.platform.clock,
    describe: describePeeked,
    isIgnored: (userId) => rooms.isIgnored.get({ userId }) !== undefined,
  });
  const people = createPeople({ http, store, ownUserId, directRoomOf: (userId) => directs.find(userId) });
  const spaces = createSpaces({
    store,
    http,
    viaOf: via,
    parseRoom: (raw, servers) => parseFoundRoom(raw, { membershipOf, via: servers }),
  });

  async function accept(roomId: RoomId): Promise<Result<unknown>> {
    const invite = rooms.loadRoom.get({ roomId });
    // Those who invited us to talk are whom we talk with there.
    if (invite?.inviteIsDirect === 1 && invite.inviterId !== null)
      return directs.accept(roomId, invite.inviterId);
    return joinRoom(http, { roomId });
  }

  const knocks = createKnocks({
    store,
    ownUserId,
    createLoop: (loop) => createPutLoop({ platform: deps.platform, name: "knocks", ...loop }),
    join: accept,
    onDeclined: deps.onKnockDeclined,
    onChange: (roomId) => deps.publish(new Set([roomId])),
  });

  async function leave(roomId: RoomId): Promise<void> {
    // Nobody is led into a room they have just said no to.
    knocks.forget(roomId);
    valueOf(await leaveRoom(http, { roomId }));
  }

  return {
    handlers: {
      ...administration.handlers,
      ...directory,
      ...peek,
      ...people.handlers,
      ...spaces.handlers,
      loadVia: ({ roomId }) => ({ via: via(roomId) }),
      leaveRoom: ({ roomId }) => leave(roomId),
      async acceptInvite({ roomId }) {
        valueOf(await accept(roomId));
      },
      declineInvite: ({ roomId }) => leave(roomId),
      async declineAndIgnore({ roomId }) {
        const inviter = rooms.loadRoom.get({ roomId })?.inviterId ?? null;
        if (inviter === null) throw new FailureError(invalid("nobody is known to have invited"));
        // First: an invitation that is gone names nobody to ignore any more.
        await people.handlers.setIgnored({ userId: inviter, isIgnored: true });
        await leave(roomId);
      },
    },
    sources: { ...administration.sources, ...spaces.sources, ...people.sources },
    committed: () => people.committed(),
    noteEvent(roomId, event) {
      knocks.note(roomId, event);
      if (event.type === "m.room.member" && event.stateKey !== null)
        administration.noteMember(roomId, event.stateKey as UserId);
    },
    changed({ rooms: touched }) {
      if (touched.size === 0) return;
      knocks.changed(touched);
      administration.changed(touched);
      spaces.changed(touched);
    },
    afterKnock: (roomId) => knocks.answered(roomId),
    start: () => knocks.start(),
    poke: () => knocks.wake("network"),
    synced() {
      knocks.wake("synced");
      void directs.catchUp();
    },
    async stop() {
      await Promise.all([administration.stop(), knocks.stop()]);
    },
  };
}
