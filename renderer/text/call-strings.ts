import type { CallBlock, EndReason } from "../../preload/contract/models/call.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { CallItem } from "../../preload/contract/models/timeline.ts";
import { nameOf } from "./state-sentence.ts";
import { failureSentence } from "./strings.ts";

// The catalogue of calls.

/** "0:07", "12:05", "1:02:09". `ms` is a length. */
export function callLength(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** "8 s", "3 min", "1 h 5 min": for a line that is read, not a clock that is watched. */
export function spokenLength(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const strings = {
  /** What the list of rooms says. */
  inList: {
    voice: "Call",
    video: "Video call",
    open: (call: string) => call,
    ended: (call: string, length: string | null) => (length === null ? call : `${call} · ${length}`),
    missed: (call: string) => `Missed ${call.toLowerCase()}`,
    unanswered: (call: string) => `${call}: no answer`,
    declined: (call: string) => `${call} declined`,
    cancelled: (call: string) => `${call} cancelled`,
    failed: (call: string) => `${call} failed`,
    "not-for-us": (call: string) => call,
  } satisfies Record<CallItem["outcome"] | "voice" | "video", unknown>,
  voiceCall: "Voice call",
  videoCall: "Video call",
  /** Why the call buttons are off, or a call did not begin. */
  off: {
    "not-joined": "You are not a member of this room.",
    "no-permission": "You do not have permission to call in this room.",
    encrypted: "This room is encrypted, and Dunlin cannot encrypt calls yet.",
    upgraded: "This room has moved to a new one.",
    alone: "Nobody else is in this room.",
    "not-joined-yet": "The other person has not accepted your invitation yet.",
    "too-many": "Calls work between two people; more are in this room.",
    busy: "You are in a call already.",
    "no-microphone": "No microphone was found.",
    loading: "The room is still being opened.",
  },

  incomingVoice: (name: string) => `Voice call from ${name}`,
  incomingVideo: (name: string) => `Video call from ${name}`,
  answer: "Answer",
  answerVideo: "Answer with video",
  decline: "Decline",
  hangUp: "Hang up",
  controls: "Call controls",
  you: "You",

  callWith: (name: string) => `Call with ${name}`,
  preparing: "Starting…",
  calling: "Calling…",
  answering: "Answering…",
  connecting: "Connecting…",
  reconnecting: "Reconnecting…",
  connected: "Connected",
  onHold: "On hold",
  heldByOther: (name: string) => `${name} has put the call on hold.`,
  duration: (length: string) => `Length ${length}`,
  backToCall: "Back to the call",

  mute: "Mute microphone",
  unmute: "Unmute microphone",
  cameraOff: "Turn camera off",
  cameraOn: "Turn camera on",
  shareScreen: "Share your screen",
  stopScreen: "Stop sharing your screen",
  whichScreen: "What do you want to share?",
  screens: "Screens",
  windows: "Windows",
  hold: "Hold",
  resume: "Resume",
  keypad: "Keypad",
  key: (tone: string) => (tone === "*" ? "Star" : tone === "#" ? "Hash" : tone),
  devices: "Microphone, camera and speaker",
  pictureInPicture: "Picture in picture",
  fullScreen: "Full screen",
  leaveFullScreen: "Leave full screen",
  more: "More",

  theirVideo: (name: string) => `Video of ${name}`,
  theirScreen: (name: string) => `Screen of ${name}`,
  yourVideo: "Your video",
  moveYourVideo: "Your video. Move it with the arrow keys.",
  theyMuted: (name: string) => `${name} is muted`,
  youMuted: "You are muted",
  cameraIsOff: "Camera off",
  sharing: "You are sharing your screen",

  microphone: "Microphone",
  camera: "Camera",
  speaker: "Speaker",
  systemDefault: "The system's choice",
  unplugged: "Unplugged",
  unnamed: (kind: string, index: number) => `${kind} ${index}`,
  volume: "Volume of this call",
  echo: "Remove echo",
  noise: "Remove background noise",
  level: "Your microphone picks up",
  preview: "How others see you",
  showPreview: "Show a preview",

  capture: {
    microphone: {
      denied:
        "Dunlin may not use the microphone. Allow it in the settings of your system or browser, then try again.",
      missing: "No microphone was found. Plug one in, then try again.",
      "in-use": "The microphone is used by another program.",
      other: "The microphone could not be opened.",
    },
    camera: {
      denied: "Dunlin may not use the camera. Allow it in the settings of your system or browser.",
      missing: "No camera was found. The call goes on without your picture.",
      "in-use": "The camera is used by another program.",
      other: "The camera could not be opened.",
    },
    screen: {
      denied: "Nothing was shared.",
      missing: "There is no screen to share.",
      "in-use": "The screen is used by another program.",
      other: "The screen could not be shared.",
    },
  },
  microphoneReplaced: "Your microphone was unplugged. Another one is used now.",
  microphoneGone: "Your microphone was unplugged. Nobody can hear you.",

  quality: {
    unknown: "Looking at the connection…",
    good: "Good connection",
    fair: "The connection is a little weak.",
    poor: "The connection is poor.",
  },
  trouble: {
    "not-hearing": (name: string) => `No sound arrives from ${name}.`,
    "not-heard": (name: string) => `Your sound does not arrive at ${name}.`,
    "not-seeing": (name: string) => `The picture of ${name} stands still.`,
    "silent-microphone": (_name: string) => "Your microphone picks up nothing.",
  },
  path: { direct: "direct", relay: "through a relay" },
  delay: (ms: number) => `${ms} ms there and back`,

  ended: {
    hungUpHere: "You hung up.",
    hungUpThere: (name: string) => `${name} hung up.`,
    declinedHere: "You declined the call.",
    declinedThere: (name: string) => `${name} declined the call.`,
    busy: (name: string) => `${name} is in another call.`,
    unanswered: (name: string) => `${name} did not answer.`,
    missed: (name: string) => `You missed a call from ${name}.`,
    answeredElsewhere: "Answered on another device.",
    declinedElsewhere: "Declined on another device.",
    left: "The call ended because somebody left the room.",
    tooMany: "The call ended because a third person came into the room.",
    mediaThere: (name: string) => `${name} could not open a microphone or camera.`,
    mediaHere: "The microphone could not be opened.",
    noConnection: (name: string) =>
      `No connection to ${name} came about. A firewall may be in the way, and the homeserver offers no relay that works.`,
    connectionLost: "The connection was lost.",
    notSent: (why: string | null) => `The call could not be placed. ${why ?? "It did not reach the server."}`,
    pageGone: "The call ended because the window was closed or loaded anew.",
    failed: "The call failed.",
  },
  failed: (why: string) => `That did not work. ${why}`,
  dismiss: "Close",
  callAgain: "Call again",

  line: {
    started: (who: string, isVideo: boolean) => `${who} started a ${kind(isVideo)}`,
    lasted: (who: string, isVideo: boolean, length: string | null) =>
      `${capital(kind(isVideo))} from ${who}${length === null ? "" : ` · ${length}`}`,
    lastedOwn: (isVideo: boolean, length: string | null) =>
      `Your ${kind(isVideo)}${length === null ? "" : ` · ${length}`}`,
    missed: (who: string, isVideo: boolean) => `Missed ${kind(isVideo)} from ${who}`,
    unanswered: (isVideo: boolean) => `Your ${kind(isVideo)} was not answered`,
    declined: (who: string, isVideo: boolean) => `You declined a ${kind(isVideo)} from ${who}`,
    declinedOwn: (isVideo: boolean) => `Your ${kind(isVideo)} was declined`,
    cancelled: (who: string, isVideo: boolean) => `${who} cancelled a ${kind(isVideo)}`,
    failed: (who: string, isVideo: boolean) => `${capital(kind(isVideo))} from ${who} did not connect`,
    failedOwn: (isVideo: boolean) => `Your ${kind(isVideo)} did not connect`,
    notForUs: (who: string, isVideo: boolean) => `${who} started a ${kind(isVideo)} that did not ring here`,
    elsewhere: (sentence: string) => `${sentence} (on another device)`,
  },
  callBack: "Call back",
} as const;

function kind(isVideo: boolean): string {
  return isVideo ? "video call" : "voice call";
}
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Why a call did not begin, as one sentence. */
export function refusalSentence(
  refusal: { readonly why: CallBlock | "busy" } | { readonly failure: Failure },
): string {
  return "why" in refusal ? strings.off[refusal.why] : strings.failed(failureSentence(refusal.failure));
}

/** Why a call is over, as one sentence. */
export function endSentence(reason: EndReason, name: string): string {
  const words = strings.ended;
  switch (reason.code) {
    case "hung-up":
      return reason.by === "here" ? words.hungUpHere : words.hungUpThere(name);
    case "declined":
      return reason.by === "here" ? words.declinedHere : words.declinedThere(name);
    case "busy":
      return words.busy(name);
    case "unanswered":
      return words.unanswered(name);
    case "missed":
      return words.missed(name);
    case "answered-elsewhere":
      return words.answeredElsewhere;
    case "declined-elsewhere":
      return words.declinedElsewhere;
    case "left":
      return words.left;
    case "too-many":
      return words.tooMany;
    case "media-failed":
      if (reason.by === "there") return words.mediaThere(name);
      return reason.why === null ? words.mediaHere : strings.capture.microphone[reason.why];
    case "no-connection":
      return words.noConnection(name);
    case "connection-lost":
      return words.connectionLost;
    case "not-sent":
      return words.notSent(reason.failure === null ? null : failureSentence(reason.failure));
    case "page-gone":
      return words.pageGone;
    case "failed":
      return words.failed;
  }
}

/** The list's line about the last thing in a room, when that is a call: "Call · 3 min", "Missed video call". */
export function callInList(call: Pick<CallItem, "outcome" | "isVideo" | "durationMs">): string {
  const { inList } = strings;
  const length = call.outcome === "ended" && call.durationMs !== null ? spokenLength(call.durationMs) : null;
  return inList[call.outcome](call.isVideo ? inList.video : inList.voice, length);
}

/** The timeline's line about a call: who, how long, what became of it. */
export function callSentence(
  item: Pick<CallItem, "outcome" | "isVideo" | "durationMs" | "isElsewhere" | "sender">,
): string {
  const sentence = outcomeSentence(item);
  return item.isElsewhere ? strings.line.elsewhere(sentence) : sentence;
}

function outcomeSentence({
  outcome,
  isVideo,
  durationMs,
  sender,
}: Pick<CallItem, "outcome" | "isVideo" | "durationMs" | "sender">): string {
  const who = nameOf(sender);
  const { line } = strings;
  switch (outcome) {
    case "open":
      return line.started(who, isVideo);
    case "ended": {
      const length = durationMs === null ? null : spokenLength(durationMs);
      return sender.isOwn ? line.lastedOwn(isVideo, length) : line.lasted(who, isVideo, length);
    }
    case "missed":
      return line.missed(who, isVideo);
    case "unanswered":
      return line.unanswered(isVideo);
    case "declined":
      return sender.isOwn ? line.declinedOwn(isVideo) : line.declined(who, isVideo);
    case "cancelled":
      return line.cancelled(who, isVideo);
    case "failed":
      return sender.isOwn ? line.failedOwn(isVideo) : line.failed(who, isVideo);
    case "not-for-us":
      return line.notForUs(who, isVideo);
  }
}
