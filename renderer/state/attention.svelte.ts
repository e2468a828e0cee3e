import type { EventId, RoomId, UserId } from "../../preload/contract/ids.ts";
import type {
  PushChange,
  PushSettings,
  RoomNotifications,
  UnreadExplanation,
} from "../../preload/contract/models/attention.ts";
import type { Destination, Notice, NoticeAct } from "../../preload/contract/models/notice.ts";
import type { Client } from "../bridge/connect.ts";
import { latest, WatchedTopic } from "./topic.svelte.ts";

const none: readonly Notice[] = [];

/** What asks for the user's attention: unread counts and why, notifications, push rules, who is there. */
export class AttentionState {
  readonly notices: WatchedTopic<"notices">;
  readonly #destination: WatchedTopic<"destination">;
  readonly #push: WatchedTopic<"pushSettings">;
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
    this.notices = new WatchedTopic(client, "notices", null, latest);
    this.#destination = new WatchedTopic(client, "destination", null, latest);
    this.#push = new WatchedTopic(client, "pushSettings", null, latest);
  }

  /** Notifications that stand. */
  get standing(): readonly Notice[] {
    return this.notices.value ?? none;
  }
  /** Where a click outside the page leads to; null for nowhere. */
  get destination(): Destination | null {
    return this.#destination.value;
  }
  /** The account's push rules; null until they are there. */
  get push(): PushSettings | null {
    return this.#push.value;
  }
  roomLevel(roomId: RoomId): RoomNotifications {
    return this.push?.rooms.find((room) => room.roomId === roomId)?.level ?? "default";
  }
  /** Made anew for each asker, and outside of what is derived: a state made inside a derived value is not followed. */
  watchPresence(userId: UserId): WatchedTopic<"presence"> {
    return new WatchedTopic(this.#client, "presence", { userId }, latest);
  }

  /** The room in front of the user in a focused window, or null. */
  attend(roomId: RoomId | null): Promise<void> {
    return this.#client.call("attend", { roomId });
  }
  act(tag: string, act: NoticeAct): Promise<void> {
    return this.#client.call("actOnNotice", { tag, act });
  }
  arrived(number: number): Promise<void> {
    return this.#client.call("arrived", { number });
  }
  markRoomRead(roomId: RoomId): Promise<void> {
    return this.#client.call("markRoomRead", { roomId });
  }
  markUnread(roomId: RoomId, isUnread: boolean): Promise<void> {
    return this.#client.call("markUnread", { roomId, isUnread });
  }
  /** What is new begins at this message. */
  markUnreadFrom(roomId: RoomId, from: EventId): Promise<void> {
    return this.#client.call("markUnread", { roomId, isUnread: true, from });
  }
  explain(roomId: RoomId): Promise<UnreadExplanation> {
    return this.#client.call("explainUnread", { roomId });
  }
  /** Counts again; every room for null. Answers how many rooms show another count now. */
  async recount(roomId: RoomId | null): Promise<number> {
    return (await this.#client.call("recountUnread", { roomId })).changedRooms;
  }
  changePush(change: PushChange): Promise<void> {
    return this.#client.call("changePushRules", { change });
  }
}
