import type { CallId, RoomId } from "../../../preload/contract/ids.ts";
import { transactionIdOf, type MatrixEvent } from "../event.ts";
import type { Failure } from "../failure.ts";
import { createLane, type Lane, type LaneDeps } from "./lane.ts";
import { HANGUP_SENDABLE_MS } from "./limits.ts";
import type { CallVersion, Outgoing } from "./state.ts";

// The signalling lanes of all rooms.

export interface Lanes {
  enqueue(roomId: RoomId, outgoing: Outgoing): void;
  cancel(roomId: RoomId, callId: CallId): void;
  has(roomId: RoomId, callId: CallId): boolean;
  isOwn(roomId: RoomId, event: MatrixEvent): boolean;
  /** Ends a call of a run that was killed. */
  hangUpLost(roomId: RoomId, call: { callId: CallId; partyId: string; version: CallVersion }): void;
  wake(): void;
  /** Resolves when all is out, or after `patienceMs`; nothing is sent after that. */
  stop(patienceMs: number): Promise<void>;
}

export function createLanes(
  deps: Pick<LaneDeps, "clock" | "random" | "onUnauthorized"> & {
    readonly put: (
      event: Parameters<LaneDeps["put"]>[0] & { readonly roomId: RoomId },
      signal: AbortSignal,
    ) => ReturnType<LaneDeps["put"]>;
    readonly maySend: (roomId: RoomId) => boolean;
    readonly onHandedOff: (roomId: RoomId, outgoing: Outgoing) => void;
    readonly onUnsendable: (roomId: RoomId, outgoing: Outgoing, failure: Failure | null) => void;
    readonly onCallDone: (roomId: RoomId, callId: CallId) => void;
  },
): Lanes {
  const { clock, random, onUnauthorized } = deps;
  const lanes = new Map<RoomId, Lane>();

  function laneOf(roomId: RoomId): Lane {
    const known = lanes.get(roomId);
    if (known !== undefined) return known;
    const lane = createLane({
      clock,
      random,
      onUnauthorized,
      put: (event, signal) => deps.put({ ...event, roomId }, signal),
      maySend: () => deps.maySend(roomId),
      onHandedOff: (outgoing) => deps.onHandedOff(roomId, outgoing),
      onUnsendable: (outgoing, failure) => deps.onUnsendable(roomId, outgoing, failure),
      onCallDone: (callId) => deps.onCallDone(roomId, callId),
    });
    lanes.set(roomId, lane);
    return lane;
  }

  return {
    enqueue: (roomId, outgoing) => laneOf(roomId).enqueue(outgoing),
    cancel: (roomId, callId) => lanes.get(roomId)?.cancel(callId),
    has: (roomId, callId) => lanes.get(roomId)?.has(callId) === true,
    isOwn: (roomId, event) => lanes.get(roomId)?.isOwn(event.eventId, transactionIdOf(event)) === true,
    hangUpLost: (roomId, call) =>
      laneOf(roomId).enqueue({
        ...call,
        expiresAt: clock.monotonic() + HANGUP_SENDABLE_MS,
        signal: { kind: "hangup", reason: "unknown_error" },
      }),
    wake: () => lanes.forEach((lane) => lane.wake()),
    async stop(patienceMs) {
      await new Promise<void>((resolve) => {
        const cancel = clock.after(patienceMs, resolve);
        void Promise.all([...lanes.values()].map((lane) => lane.idle())).then(() => {
          cancel();
          resolve();
        });
      });
      lanes.forEach((lane) => lane.stop());
      lanes.clear();
    },
  };
}
