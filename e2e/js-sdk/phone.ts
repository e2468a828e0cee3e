import { ClientEvent, createClient, createNewMatrixCall, type MatrixClient } from "matrix-js-sdk";
import { CallErrorCode, CallEvent, type MatrixCall } from "matrix-js-sdk/lib/webrtc/call.js";
import { CallEventHandlerEvent } from "matrix-js-sdk/lib/webrtc/callEventHandler.js";

/** Who speaks, and how. */
export interface PhoneOrder {
  readonly homeserver: string;
  readonly userId: string;
  readonly accessToken: string;
  readonly deviceId: string;
  readonly roomId: string;
  /** Whom it calls there: without a name the SDK does not notice glare. */
  readonly peer: string;
  readonly isRelayOnly: boolean;
}

/** What the SDK says of its newest call. */
export interface PhoneCall {
  readonly state: string;
  readonly callId: string;
  /** "local" or "remote", and why; null while it goes on. */
  readonly endedBy: string | null;
  readonly reason: string | null;
  /** They hold us, as the SDK sees it. */
  readonly isHeld: boolean;
  /** What it believes of the other side's feeds. */
  readonly feeds: readonly { purpose: string; isAudioMuted: boolean; isVideoMuted: boolean }[];
}

/** What a test asks of the page. */
export interface Phone {
  begin(order: PhoneOrder): Promise<void>;
  /** `callId`: in place of the SDK's own. */
  place(isVideo: boolean, callId: string | null): Promise<void>;
  answer(isVideo: boolean): Promise<void>;
  reject(): void;
  hangUp(): void;
  /** As an app on top of the SDK says it: someone is in another call. */
  sayBusy(): void;
  mute(isMuted: boolean): Promise<void>;
  camera(isOn: boolean): Promise<void>;
  hold(isHeld: boolean): void;
  screen(isShared: boolean): Promise<void>;
  /** The newest call; null before the first. */
  call(): PhoneCall | null;
  /** How many calls rang here so far: an incoming call the SDK itself did not answer. */
  rung(): number;
  /** The reasons of all hangups that came to it. */
  heardHangups(): readonly string[];
  /** Answers to /sync wait, as on a slow line, until `hearNews`. */
  holdNews(): void;
  hearNews(): void;
}

declare global {
  interface Window {
    phone: Phone;
  }
}

let client: MatrixClient | undefined;
let given: PhoneOrder | undefined;
let newest: MatrixCall | undefined;
let rung = 0;
const hangups: string[] = [];
let news: Promise<void> = Promise.resolve();
let release = (): void => {};

function known<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error("nothing there yet");
  return thing;
}

/** The line of this page: everything passes at once, only news may be held. */
const onLine: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (/\/sync(\?|$)/.test(input instanceof Request ? input.url : String(input))) await news;
  return response;
};

/** Follows the newest call, through glare to its successor, and shows what comes from the other side. */
function follow(call: MatrixCall): void {
  newest = call;
  call.on(CallEvent.Error, (error) => console.log(`the SDK says: ${error.code} ${error.message}`));
  call.on(CallEvent.Replaced, (successor) => follow(successor));
  call.on(CallEvent.FeedsChanged, () => show(call));
  show(call);
}

function show(call: MatrixCall): void {
  const videos = call.getRemoteFeeds().map((feed) => {
    const before = document.getElementById(feed.stream.id);
    if (before instanceof HTMLVideoElement) return before;
    const video = document.createElement("video");
    video.id = feed.stream.id;
    video.autoplay = true;
    video.srcObject = feed.stream;
    return video;
  });
  document.getElementById("remote")?.replaceChildren(...videos);
}

window.phone = {
  async begin(order) {
    given = order;
    const { homeserver, userId, accessToken, deviceId, isRelayOnly } = order;
    client = createClient({
      baseUrl: homeserver,
      userId,
      accessToken,
      deviceId,
      forceTURN: isRelayOnly,
      fetchFn: onLine,
    });
    client.on(ClientEvent.Event, (event) => {
      const isTheirs = event.getSender() !== userId;
      if (isTheirs && event.getType() === "m.call.hangup")
        hangups.push(event.getContent<{ reason?: string }>().reason ?? "");
    });
    client.on(CallEventHandlerEvent.Incoming, (call) => {
      rung += 1;
      follow(call);
    });
    await client.startClient({ initialSyncLimit: 1 });
    // Ready is who knows the room and has asked for TURN servers.
    while (!client.isInitialSyncComplete() || client.getRoom(order.roomId) === null)
      await new Promise((again) => setTimeout(again, 50));
    await client.checkTurnServers();
  },
  async place(isVideo, callId) {
    const { roomId, peer } = known(given);
    const call = createNewMatrixCall(known(client), roomId, { invitee: peer });
    if (call === null) throw new Error("the SDK finds no WebRTC here");
    if (callId !== null) call.callId = callId;
    follow(call);
    await (isVideo ? call.placeVideoCall() : call.placeVoiceCall());
  },
  answer: (isVideo) => known(newest).answer(true, isVideo),
  reject: () => known(newest).reject(),
  hangUp: () => known(newest).hangup(CallErrorCode.UserHangup, false),
  sayBusy: () => known(newest).hangup(CallErrorCode.UserBusy, false),
  async mute(isMuted) {
    await known(newest).setMicrophoneMuted(isMuted);
  },
  async camera(isOn) {
    await known(newest).setLocalVideoMuted(!isOn);
  },
  hold: (isHeld) => known(newest).setRemoteOnHold(isHeld),
  async screen(isShared) {
    await known(newest).setScreensharingEnabled(isShared);
  },
  call() {
    if (newest === undefined) return null;
    return {
      state: newest.state,
      callId: newest.callId,
      endedBy: newest.hangupParty ?? null,
      reason: newest.hangupReason ?? null,
      isHeld: newest.isLocalOnHold(),
      feeds: newest.getRemoteFeeds().map((feed) => ({
        purpose: feed.purpose,
        isAudioMuted: feed.isAudioMuted(),
        isVideoMuted: feed.isVideoMuted(),
      })),
    };
  },
  rung: () => rung,
  heardHangups: () => hangups,
  holdNews() {
    const { promise, resolve } = Promise.withResolvers<void>();
    news = promise;
    release = resolve;
  },
  hearNews: () => release(),
};

document.getElementById("call")?.addEventListener("click", () => void window.phone.place(true, null));
document.getElementById("answer")?.addEventListener("click", () => void window.phone.answer(true));
