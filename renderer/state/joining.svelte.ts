import { SvelteMap } from "svelte/reactivity";
import type { RoomId } from "../../preload/contract/ids.ts";
import type { FoundRoom } from "../../preload/contract/models/directory.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { AppState } from "./app.svelte.ts";
import { failureOf } from "./failure-of.ts";

/** What one can do about a room that was found. */
export type FoundAction = "open" | "join" | "knock" | "knocked" | "banned" | "invite-only";

export function actionOf(room: Pick<FoundRoom, "membership" | "joinRule" | "isLetIn">): FoundAction {
  switch (room.membership) {
    case "join":
    case "invite":
      return "open";
    case "ban":
      return "banned";
    case "knock":
      return "knocked";
    case "leave":
  }
  // A restricted room lets in whom its server knows for a member; where it does not say whom, only trying tells.
  if (room.joinRule === "knock" || (room.joinRule === "knock_restricted" && room.isLetIn === false))
    return "knock";
  if (room.joinRule === "invite" || room.joinRule === "private") return "invite-only";
  return "join";
}

/** Getting into rooms from a list of them: one at a time each, with what went wrong beside it. */
export class Joining {
  readonly #app: Pick<AppState, "ask">;
  readonly busy = new SvelteMap<RoomId, true>();
  readonly failures = new SvelteMap<RoomId, Failure>();
  /** Asked here to be let in. */
  readonly knocked = new SvelteMap<RoomId, true>();

  constructor(app: Pick<AppState, "ask">) {
    this.#app = app;
  }

  actionOf(room: FoundRoom): FoundAction {
    if (this.knocked.has(room.roomId)) return "knocked";
    const isRefused = this.failures.get(room.roomId)?.errcode === "M_FORBIDDEN";
    const action = actionOf(room);
    // Who is not let in as a member may still ask.
    return action === "join" && isRefused && room.joinRule === "knock_restricted" ? "knock" : action;
  }

  /** The id of the room one is in now, or null when it failed. */
  join({ roomId, via }: Pick<FoundRoom, "roomId" | "via">): Promise<RoomId | null> {
    return this.#run(roomId, () => this.#app.ask("joinRoom", { address: roomId, via: via.slice() }));
  }

  /** Rejects with what the server said. */
  async knock(room: FoundRoom, reason: string): Promise<void> {
    await this.#app.ask("knockRoom", { address: room.roomId, via: room.via.slice(), reason });
    this.failures.delete(room.roomId);
    this.knocked.set(room.roomId, true);
  }

  async #run(roomId: RoomId, work: () => Promise<{ roomId: RoomId }>): Promise<RoomId | null> {
    if (this.busy.has(roomId)) return null;
    this.busy.set(roomId, true);
    this.failures.delete(roomId);
    try {
      return (await work()).roomId;
    } catch (cause) {
      this.failures.set(roomId, failureOf(cause));
      return null;
    } finally {
      this.busy.delete(roomId);
    }
  }
}
