import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { RoomInvite } from "../../../preload/contract/models/room.ts";
import { parseEvent, stringOf, type MatrixEvent } from "../event.ts";
import type { Failure, Result } from "../failure.ts";
import { knockQueries } from "../store/queries/knocks.ts";
import { memberQueries } from "../store/queries/members.ts";
import { roomQueries } from "../store/queries/rooms.ts";
import type { Store } from "../store/store.ts";
import { oneLine } from "../text.ts";

// What becomes of a request to join (spec: Knocking): an invitation is its yes, and we go in, as was asked for, as soon
// as the server can be had; being put out by somebody is its no, and the user is told. A no of our own is none. Requests
// are written down, so that an answer is acted upon once whenever it comes and whatever ends us in between.

/** Somebody would not let us in. */
export interface Declined {
  readonly roomId: RoomId;
  readonly name: string | null;
  readonly reason: string | null;
}

/** A loop over durable rows: retries what passes, settles what is done or refused for good. */
interface Loop {
  run(): void;
  start(): void;
  wake(reason: "network" | "synced"): void;
  stop(): Promise<void>;
}
interface LoopDeps {
  readonly due: () => readonly RoomId[];
  readonly laneOf: (roomId: RoomId) => string;
  readonly put: (roomId: RoomId) => Promise<Result<unknown>>;
  readonly settle: (roomId: RoomId, refusal: Failure | null) => void;
}

export interface KnocksDeps {
  readonly store: Pick<Store, "cache" | "kept">;
  readonly ownUserId: UserId;
  readonly createLoop: (deps: LoopDeps) => Loop;
  /** Takes up the invitation; doing it twice is doing it once. */
  readonly join: (roomId: RoomId) => Promise<Result<unknown>>;
  readonly onDeclined: (declined: Declined) => void;
  /** What is known of the invitation is another thing than before. */
  readonly onChange: (roomId: RoomId) => void;
}

export interface Knocks {
  /** An event of the room, before its row follows; within the transaction. */
  note(roomId: RoomId, event: MatrixEvent): void;
  /** After each commit. */
  changed(roomIds: Iterable<RoomId>): void;
  /** What becomes of an invitation: null where it was not asked for. */
  answered(roomId: RoomId): RoomInvite["afterKnock"];
  /** We want to be let in no more. */
  forget(roomId: RoomId): void;
  start(): void;
  wake(reason: "network" | "synced"): void;
  /** Resolves when nothing touches the store any more. */
  stop(): Promise<void>;
}

export function createKnocks(deps: KnocksDeps): Knocks {
  const { store, ownUserId: userId, join, onDeclined, onChange } = deps;
  const rooms = roomQueries(store.cache);
  const members = memberQueries(store.cache);
  const rows = knockQueries(store.kept);
  /** The rows, with what the server said no with. */
  const knocks = new Map(
    rows.knocks
      .all({ userId })
      .map(({ roomId, refusal }) => [roomId, refusal === null ? null : (JSON.parse(refusal) as Failure)]),
  );
  /** The server has let us in; the sync that says so is on its way. */
  const entered = new Set<RoomId>();
  /** Reasons of those who said no, until the commit. */
  const declined = new Map<RoomId, string | null>();

  const membershipOf = (roomId: RoomId): string | undefined => rooms.loadRoom.get({ roomId })?.membership;

  const loop = deps.createLoop({
    due: () =>
      [...knocks].flatMap(([roomId, refusal]) =>
        refusal === null && !entered.has(roomId) && membershipOf(roomId) === "invite" ? [roomId] : [],
      ),
    laneOf: (roomId) => roomId,
    put: join,
    settle(roomId, refusal) {
      // Taken back meanwhile.
      if (!knocks.has(roomId)) return;
      if (refusal === null) return void entered.add(roomId);
      rows.refuseKnock.run({ userId, roomId, refusal: JSON.stringify(refusal) });
      knocks.set(roomId, refusal);
      onChange(roomId);
    },
  });

  function forget(roomId: RoomId): void {
    declined.delete(roomId);
    entered.delete(roomId);
    if (knocks.delete(roomId)) rows.deleteKnock.run({ userId, roomId });
  }

  function follow(roomId: RoomId): void {
    const membership = membershipOf(roomId);
    const refusal = knocks.get(roomId);
    if (membership === "knock") {
      if (refusal === null) return;
      rows.saveKnock.run({ userId, roomId });
      knocks.set(roomId, null);
    } else if (refusal !== undefined) {
      if (membership === "invite") loop.run();
      else end(roomId);
    }
  }

  /** First told, then removed: a kill in between tells it again rather than never. */
  function end(roomId: RoomId): void {
    const reason = declined.get(roomId);
    if (reason !== undefined) {
      const name = rooms.loadRoom.get({ roomId })?.name ?? null;
      onDeclined({ roomId, name, reason: reason === null ? null : oneLine(reason, 500) });
    }
    forget(roomId);
  }

  function note(roomId: RoomId, event: MatrixEvent): void {
    if (event.type !== "m.room.member" || event.stateKey !== userId || !knocks.has(roomId)) return;
    const membership = event.content["membership"];
    if (event.sender !== userId && (membership === "leave" || membership === "ban"))
      declined.set(roomId, stringOf(event.content, "reason"));
  }

  /** An answer may have been stored and not acted upon. */
  function recall(roomId: RoomId): void {
    const isOut = ["leave", "ban"].includes(membershipOf(roomId) ?? "");
    const stored = isOut ? members.newestMembership.get({ roomId, userId }) : undefined;
    const event = stored === undefined ? null : parseEvent(JSON.parse(stored.raw));
    if (event !== null) note(roomId, event);
    follow(roomId);
  }

  return {
    note,
    forget,
    changed(roomIds) {
      for (const roomId of roomIds) follow(roomId);
    },
    answered(roomId) {
      const refusal = knocks.get(roomId);
      if (refusal === undefined) return null;
      return refusal === null ? { state: "entering" } : { state: "refused", failure: refusal };
    },
    start() {
      for (const { roomId } of members.knocks.all({})) follow(roomId);
      for (const roomId of [...knocks.keys()]) recall(roomId);
      loop.start();
    },
    wake: (reason) => loop.wake(reason),
    stop: () => loop.stop(),
  };
}
