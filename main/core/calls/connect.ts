import { fetchMessages, sendEvent } from "../homeserver/room-events.ts";
import type { Http } from "../homeserver/http.ts";
import { fetchTurnServer } from "../homeserver/voip.ts";
import { ok } from "../failure.ts";
import type { Store } from "../store/store.ts";
import { createCalls, type Calls, type CallsDeps } from "./calls.ts";
import { createCallNotes } from "./notes.ts";
import { createTurnServers } from "./turn-servers.ts";

/** A page of call events: more than a call in the making has. */
const GAP_EVENTS = 100;

export interface ConnectedCallsDeps extends Pick<
  CallsDeps,
  | "platform"
  | "ownUserId"
  | "facts"
  | "isGone"
  | "person"
  | "mayRing"
  | "onUnauthorized"
  | "onRoomChanged"
  | "notices"
> {
  readonly store: Store;
  readonly http: Http;
  readonly settings: () => { readonly callsPublicStun: boolean; readonly callsRelayOnly: boolean };
}

/** Calls with their requests to the homeserver and their place on disk. */
export function connectCalls(deps: ConnectedCallsDeps): Calls {
  const { http, platform, store, settings, ownUserId } = deps;
  const { clock, random } = platform;
  const calls: Calls = createCalls({
    ...deps,
    notes: createCallNotes({ store, ownUserId, now: () => clock.now() }),
    turn: createTurnServers({
      clock,
      random,
      fetch: () => fetchTurnServer(http),
      allowsPublicStun: () => settings().callsPublicStun,
      onRenewed: () => calls.iceServersRenewed(),
    }),
    isRelayOnly: () => settings().callsRelayOnly,
    put: (event, signal) => sendEvent(http, { ...event, signal }),
    async fetchGap({ roomId, from, signal }) {
      const filter = JSON.stringify({ types: ["m.call.*"] });
      const page = await fetchMessages(http, { roomId, from, limit: GAP_EVENTS, filter, signal });
      return page.ok ? ok(page.value.chunk) : page;
    },
  });
  return calls;
}
