import type { RoomId } from "../../../preload/contract/ids.ts";
import type { FoundRoom } from "../../../preload/contract/models/directory.ts";
import type { Handlers } from "../api.ts";
import { FailureError, invalid, valueOf } from "../failure.ts";
import { fetchPublicRooms, fetchRoomSummary, resolveAlias } from "../homeserver/directory.ts";
import type { Http } from "../homeserver/http.ts";
import { joinByAddress, knockRoom } from "../homeserver/membership.ts";
import { isServerName } from "../mxc.ts";
import { parseFoundRoom } from "./found-room.ts";

// Finding rooms and getting into them.

type Name = "loadDirectory" | "previewRoom" | "joinRoom" | "knockRoom" | "followUpgrade";

export interface DirectoryDeps {
  readonly http: Http;
  readonly ownServer: string;
  readonly membershipOf: (roomId: RoomId) => FoundRoom["membership"];
  /** Where the upgraded room went, and servers that know the old one. */
  readonly replacementOf: (
    roomId: RoomId,
  ) => { readonly roomId: RoomId; readonly via: readonly string[] } | null;
}

/** Rooms of one page of a directory. */
const PAGE = 30;

export function createDirectory(deps: DirectoryDeps): Pick<Handlers, Name> {
  const { http, membershipOf } = deps;
  const found = (raw: Parameters<typeof parseFoundRoom>[0], via: readonly string[]): FoundRoom | null =>
    parseFoundRoom(raw, { membershipOf, via });

  /** An alias is asked for once; from then on the room goes by its id (ALI-02), through the servers named (ALI-04). */
  async function resolved(address: string, via: readonly string[]) {
    if (!address.startsWith("#")) return { address, via };
    const { roomId, servers } = valueOf(await resolveAlias(http, { alias: address }));
    return { address: roomId, via: [...new Set([...via, ...servers])].slice(0, 10) };
  }

  return {
    async loadDirectory({ server, term, since }) {
      if (server !== null && !isServerName(server)) throw new FailureError(invalid("not a server name"));
      // Servers refuse their own name where another one's is expected to be.
      const remote = server === deps.ownServer ? null : server;
      const request = { server: remote, term: term.trim(), since, limit: PAGE };
      const page = valueOf(await fetchPublicRooms(http, request));
      const via = [server ?? deps.ownServer];
      return {
        rooms: page.rooms.flatMap((raw) => found(raw, via) ?? []),
        estimate: page.estimate,
        next: page.next,
      };
    },
    async previewRoom({ address, via }) {
      const target = await resolved(address, via);
      const summary = await fetchRoomSummary(http, target);
      if (summary.ok) {
        const room = found(summary.value, target.via);
        if (room !== null) return room;
      } else if (summary.failure.errcode !== "M_UNRECOGNIZED" && summary.failure.errcode !== "M_NOT_FOUND") {
        throw new FailureError(summary.failure);
      }
      // Older servers tell nothing but that it is there; one may still try to join.
      const bare = found({ room_id: target.address, canonical_alias: address }, target.via);
      if (bare === null) throw new FailureError(invalid("not a room"));
      return bare;
    },
    async joinRoom({ address, via }) {
      return valueOf(await joinByAddress(http, await resolved(address, via)));
    },
    async knockRoom({ address, via, reason }) {
      return valueOf(await knockRoom(http, { ...(await resolved(address, via)), reason }));
    },
    async followUpgrade({ roomId }) {
      const next = deps.replacementOf(roomId);
      if (next === null) throw new FailureError(invalid("the room was not upgraded"));
      if (membershipOf(next.roomId) === "join") return { roomId: next.roomId };
      return valueOf(await joinByAddress(http, { address: next.roomId, via: next.via }));
    },
  };
}
