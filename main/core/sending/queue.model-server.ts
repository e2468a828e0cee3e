import type {
  EventId,
  MxcUri,
  RoomId,
  StagedId,
  TransactionId,
  UserId,
} from "../../../preload/contract/ids.ts";

// The homeserver of the queue's model: what it knows, in its order, and what it tells.

export interface ServerEvent {
  readonly id: EventId;
  readonly roomId: RoomId;
  readonly sender: UserId;
  /** What the sender's device called it; told to that device only. */
  readonly transactionId: TransactionId | null;
  readonly deviceId: string | null;
  readonly body: string;
  /** The event it speaks of. */
  readonly target: EventId | null;
  /** The root of the thread it stands in. */
  readonly thread: EventId | null;
}

export interface Request {
  readonly roomId: RoomId;
  readonly transactionId: TransactionId;
  readonly deviceId: string;
  readonly sender: UserId;
  readonly body: string;
  readonly target: EventId | null;
  readonly thread: EventId | null;
}

/** A sync answer, as computed at one moment. */
export interface SyncAnswer {
  readonly rooms: readonly {
    readonly roomId: RoomId;
    readonly events: readonly ServerEvent[];
    readonly isLimited: boolean;
  }[];
  readonly since: number;
}

/** How long servers recognise a repeated transaction id, ms. */
const REMEMBERS_MS = 24 * 3_600_000;

export class ModelServer {
  readonly log: ServerEvent[] = [];
  /** What lies under each address. */
  readonly files = new Map<string, StagedId>();
  readonly #answers = new Map<string, { readonly id: EventId; readonly at: number }>();

  /** Takes a request; a repeat from the same device gets the first answer, while it is remembered. */
  put(request: Request, now: number): EventId {
    const key = `${request.deviceId} ${request.roomId} ${request.transactionId}`;
    const known = this.#answers.get(key);
    if (known !== undefined && now - known.at < REMEMBERS_MS) return known.id;
    const id = this.append(request);
    this.#answers.set(key, { id, at: now });
    return id;
  }

  /** The same bytes again are another file. */
  upload(stagedId: StagedId): MxcUri {
    const mxc = `mxc://x/${this.files.size}` as MxcUri;
    this.files.set(mxc, stagedId);
    return mxc;
  }

  append(event: Omit<ServerEvent, "id">): EventId {
    const id = `$${this.log.length}` as EventId;
    this.log.push({ ...event, id });
    return id;
  }

  sync(rooms: readonly RoomId[], since: number, limit: number): SyncAnswer {
    return {
      since: this.log.length,
      rooms: rooms.map((roomId) => {
        const fresh = this.log.slice(since).filter((event) => event.roomId === roomId);
        return { roomId, events: fresh.slice(-limit), isLimited: fresh.length > limit };
      }),
    };
  }
}
