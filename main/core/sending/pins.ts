import type { EventId, RoomId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type { Failure, Result } from "../failure.ts";
import type { Platform } from "../platform.ts";
import { pinQueries, type PinRow } from "../store/queries/pins.ts";
import type { Store } from "../store/store.ts";
import { createAskers } from "./askers.ts";
import { createPutLoop } from "./put-loop.ts";

// Which messages the user wants pinned, and which taken down. It is so here at once and written down; the server hears of
// it when it can, one after the other, in the order decided. What is said of a message that is not sent yet waits for it,
// and goes where that is deleted.

/** One message to be pinned or taken down. */
export interface Pinning {
  readonly roomId: RoomId;
  readonly eventId: EventId;
  readonly isPinned: boolean;
}

export interface PinsDeps {
  readonly platform: Pick<Platform, "clock" | "random" | "log">;
  readonly store: Pick<Store, "kept">;
  readonly ownUserId: UserId;
  /** Makes it so on the server. Doing it twice is doing it once. */
  readonly put: (pinning: Pinning) => Promise<Result<unknown>>;
  /** What the room says is pinned, as known here. */
  readonly said: (roomId: RoomId) => readonly EventId[];
  /** The event that a message became; null while it is not sent, undefined when it never will be. */
  readonly eventOf: (roomId: RoomId, target: MessageTarget) => EventId | null | undefined;
  /** The transaction id that a waiting message goes under now: an edit may have given it another one. */
  readonly currentId: (transactionId: TransactionId) => TransactionId;
  /** Others are pinned now than before. */
  readonly onChange: (roomId: RoomId) => void;
}

export interface Pins {
  /** Durable when it returns; resolves as a wish does (wishes.ts). */
  pin(order: {
    readonly roomId: RoomId;
    readonly target: MessageTarget;
    readonly isPinned: boolean;
  }): Promise<Failure | null>;
  /** What is pinned as the user wants it, the last pinned first. */
  pinned(roomId: RoomId): readonly EventId[];
  /** Messages that are pinned as soon as they are sent, by the ids they go under now. */
  unsent(roomId: RoomId): readonly TransactionId[];
  /** The server did not take what was decided here before. */
  refusal(roomId: RoomId): Failure | null;
  /** The queue of these rooms has changed: messages were sent or deleted. */
  changed(roomIds: ReadonlySet<RoomId>): void;
  start(): void;
  wake(reason: "network" | "synced"): void;
  /** Resolves when nothing touches the store any more. */
  stop(): Promise<void>;
}

/** What the server has taken, until the room says so: its answer is quicker than the sync. */
interface Told {
  readonly pinnings: readonly Pinning[];
  /** What the room said at that time. */
  readonly over: string;
  /** Syncs that have succeeded since. */
  syncs: number;
}

/** By then a sync has brought it, or what has come over it: the first may have been under way already. */
const SYNCS_TO_KNOW = 2;

type DueRow = PinRow & { readonly eventId: EventId };
const isDue = (row: PinRow): row is DueRow => row.eventId !== null;

export function createPins(deps: PinsDeps): Pins {
  const { platform, ownUserId: userId } = deps;
  const { kept } = deps.store;
  const rows = pinQueries(kept);
  const askers = createAskers();
  const told = new Map<RoomId, Told>();
  const refusals = new Map<RoomId, Failure>();
  const all = (): readonly PinRow[] => rows.pins.all({ userId });
  const ofRoom = (roomId: RoomId): readonly PinRow[] => all().filter((row) => row.roomId === roomId);

  const loop = createPutLoop<DueRow>({
    platform,
    name: "pins",
    due: () => all().filter(isDue),
    laneOf: ({ roomId }) => roomId,
    put: (row) => deps.put(pinningOf(row)),
    onHeld: (row) => askers.tell(nameOf(pinningOf(row)), null),
    onRest: () => askers.tellAll(),
    settle(row, refusal) {
      const { seq, roomId } = row;
      // Decided otherwise meanwhile: that row is told next.
      const isLatest = rows.deletePin.run({ seq }) > 0;
      if (refusal === null) note(roomId, pinningOf(row));
      else if (isLatest) {
        platform.log("warn", "pin-refused", { kind: refusal.kind, errcode: refusal.errcode });
        refusals.set(roomId, refusal);
      }
      askers.tell(nameOf(pinningOf(row)), refusal);
      deps.onChange(roomId);
    },
  });

  function note(roomId: RoomId, pinning: Pinning): void {
    told.set(roomId, {
      pinnings: [...toldOf(roomId), pinning],
      over: JSON.stringify(deps.said(roomId)),
      syncs: 0,
    });
  }

  function toldOf(roomId: RoomId): readonly Pinning[] {
    const one = told.get(roomId);
    if (one === undefined || one.over === JSON.stringify(deps.said(roomId))) return one?.pinnings ?? [];
    told.delete(roomId);
    return [];
  }

  const nowOf = (id: TransactionId | null): TransactionId | null => (id === null ? null : deps.currentId(id));

  /** Of a message only the latest word counts. Inside a transaction. */
  function overrule(roomId: RoomId, { eventId, transactionId }: MessageTarget): void {
    for (const row of ofRoom(roomId)) {
      const isSame =
        eventId === null ? nowOf(row.transactionId) === nowOf(transactionId) : row.eventId === eventId;
      if (isSame) rows.deletePin.run(row);
    }
  }

  /** Those whose message has gone out, or never will. */
  function follow(isMeant: (row: PinRow) => boolean): ReadonlySet<RoomId> {
    const touched = new Set<RoomId>();
    for (const row of all().filter((one) => !isDue(one) && isMeant(one))) {
      const { seq, roomId } = row;
      const eventId = deps.eventOf(roomId, row);
      if (eventId === null) continue;
      if (eventId === undefined) rows.deletePin.run({ seq });
      else rows.namePin.run({ seq, eventId });
      touched.add(roomId);
    }
    return touched;
  }

  return {
    pin({ roomId, target, isPinned }) {
      const known = { ...target, eventId: deps.eventOf(roomId, target) ?? target.eventId };
      refusals.delete(roomId);
      kept.transaction(() => {
        follow((row) => row.roomId === roomId);
        overrule(roomId, known);
        // What was never sent has nothing to be taken down from.
        if (isPinned || known.eventId !== null)
          rows.insertPin.run({ userId, roomId, ...known, isPinned: Number(isPinned) });
      });
      deps.onChange(roomId);
      loop.run();
      const { eventId } = known;
      if (eventId === null || !loop.isWorking()) return Promise.resolve(null);
      return askers.ask(nameOf({ roomId, eventId, isPinned }));
    },
    pinned(roomId) {
      const said = deps.said(roomId);
      return [...toldOf(roomId), ...ofRoom(roomId).filter(isDue).map(pinningOf)].reduce(withPinning, said);
    },
    unsent: (roomId) =>
      ofRoom(roomId).flatMap(({ eventId, transactionId, isPinned }) =>
        eventId === null && transactionId !== null && isPinned === 1 ? [deps.currentId(transactionId)] : [],
      ),
    refusal: (roomId) => refusals.get(roomId) ?? null,
    changed(roomIds) {
      if (roomIds.size === 0) return;
      const touched = kept.transaction(() => follow(({ roomId }) => roomIds.has(roomId)));
      touched.forEach((roomId) => deps.onChange(roomId));
      if (touched.size > 0) loop.run();
    },
    start() {
      kept.transaction(() => follow(() => true));
      loop.start();
    },
    wake(reason) {
      loop.wake(reason);
      if (reason !== "synced") return;
      for (const [roomId, one] of [...told]) {
        if (++one.syncs < SYNCS_TO_KNOW) continue;
        told.delete(roomId);
        deps.onChange(roomId);
      }
    },
    stop: () => loop.stop(),
  };
}

const pinningOf = ({ roomId, eventId, isPinned }: DueRow): Pinning => ({
  roomId,
  eventId,
  isPinned: isPinned === 1,
});

const nameOf = ({ roomId, eventId, isPinned }: Pinning): string => `${roomId} ${eventId} ${isPinned}`;

/** The last pinned first; what is pinned already keeps its place. Pure. */
function withPinning(pinned: readonly EventId[], { eventId, isPinned }: Pinning): readonly EventId[] {
  if (pinned.includes(eventId) === isPinned) return pinned;
  return isPinned ? [eventId, ...pinned] : pinned.filter((one) => one !== eventId);
}
