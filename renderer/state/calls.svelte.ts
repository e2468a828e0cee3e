import type { CallId, RoomId } from "../../preload/contract/ids.ts";
import type {
  CallBlock,
  CallPlaced,
  CallsView,
  CallView,
  LocalMedia,
  MediaReport,
  ScreenSource,
} from "../../preload/contract/models/call.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { Client } from "../bridge/connect.ts";
import { failureOf } from "./failure-of.ts";
import { latest, WatchedTopic } from "./topic.svelte.ts";

/** Why a call did not begin. */
export type Refusal = { readonly why: CallBlock | "busy" } | { readonly failure: Failure };

const none: CallsView = { calls: [], media: [], isDriver: true };

/** All calls, and the requests about them. This page is where their media are: its id says so (models/call.ts). */
export class CallsState {
  readonly topic: WatchedTopic<"calls">;
  readonly #client: Client;
  readonly #driverId = crypto.randomUUID();
  #reports = 0;
  #refusal = $state.raw<Refusal | null>(null);

  constructor(client: Client) {
    this.#client = client;
    this.topic = new WatchedTopic(client, "calls", { driverId: this.#driverId }, latest);
  }

  get view(): CallsView {
    return this.topic.value ?? none;
  }
  /** The one that goes on, or was over a moment ago; null for none. */
  get current(): CallView | null {
    const { calls } = this.view;
    return calls.findLast(isGoingOn) ?? calls.findLast(({ state }) => state === "ended") ?? null;
  }
  get isInCall(): boolean {
    return this.view.calls.some(isGoingOn);
  }
  /** Those that wait for the user's word. */
  get ringing(): readonly CallView[] {
    return this.view.calls.filter(({ state }) => state === "ringing");
  }

  /** Why the last call did not begin; null when it did or the user has read it. */
  get refusal(): Refusal | null {
    return this.#refusal;
  }
  forgetRefusal(): void {
    this.#refusal = null;
  }

  /** Calls, or says in `refusal` why not. */
  begin(roomId: RoomId, isVideo: boolean): void {
    this.#refusal = null;
    this.#place(roomId, isVideo).then(
      (placed) => {
        if (!placed.isPlaced) this.#refusal = { why: placed.why };
      },
      (error: unknown) => {
        this.#refusal = { failure: failureOf(error) };
      },
    );
  }
  #place(roomId: RoomId, isVideo: boolean): Promise<CallPlaced> {
    return this.#client.call("placeCall", {
      roomId,
      callId: crypto.randomUUID() as string as CallId,
      isVideo,
    });
  }
  answer(callId: CallId, isVideo: boolean): Promise<void> {
    return this.#client.call("answerCall", { callId, isVideo });
  }
  decline(callId: CallId): Promise<void> {
    return this.#client.call("declineCall", { callId });
  }
  hangUp(callId: CallId): Promise<void> {
    return this.#client.call("hangUp", { callId });
  }
  setMedia(callId: CallId, part: Partial<LocalMedia>): Promise<void> {
    return this.#client.call("setCallMedia", { callId, ...part });
  }

  /** Mutes or unmutes, turns the camera on or off; nothing without a call. */
  async toggle(part: "microphone" | "camera"): Promise<void> {
    const call = this.current;
    if (call === null || !("local" in call)) return;
    // A call that is over by now takes no wishes any more.
    await this.setMedia(call.callId, { [part]: !call.local[part] }).catch(() => undefined);
  }

  /** What can be shared; null where browser or system ask by themselves. */
  async listScreens(): Promise<readonly ScreenSource[] | null> {
    return (await this.#client.call("listScreens", {})).sources;
  }
  chooseScreen(id: string): Promise<void> {
    return this.#client.call("chooseScreen", { id });
  }

  /** What the driver has done. */
  performed(through: number): Promise<void> {
    return this.#client.call("performedMedia", { driverId: this.#driverId, through });
  }
  report(callId: CallId, report: MediaReport): Promise<void> {
    const number = ++this.#reports;
    return this.#client.call("reportMedia", { driverId: this.#driverId, number, callId, report });
  }
}

/** Neither ringing nor over: one of all calls at most. */
function isGoingOn({ state }: CallView): boolean {
  return state !== "ringing" && state !== "ended";
}
