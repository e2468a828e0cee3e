import type { CallId, UserId } from "../../../preload/contract/ids.ts";
import type {
  CallCandidate,
  RemoteStream,
  SessionDescription,
} from "../../../preload/contract/models/call.ts";
import { isObject, numberOf, objectOf, stringOf, type JsonObject, type MatrixEvent } from "../event.ts";
import { DEFAULT_LIFETIME_MS, MAX_LIFETIME_MS } from "./limits.ts";
import type { CallVersion, Received } from "./state.ts";

// From a room event to what the machine hears. Tolerant and pure: what lacks what it must have is null (MAL-01).

const MAX_ID = 255;
const MAX_CANDIDATES = 200;
const MAX_CANDIDATE = 2048;
const MAX_STREAMS = 16;

/** Before MSC3077 was part of the specification, and in matrix-js-sdk to this day. */
export const UNSTABLE_STREAM_METADATA = "org.matrix.msc3077.sdp_stream_metadata";

export interface Hearing {
  /** When the response that brought it came, monotonic ms. */
  readonly receivedAt: number;
  /** The same moment by the machine's clock, ms since the epoch; only for servers that give no age. */
  readonly receivedTs: number;
  readonly isEcho: boolean;
}

export const isCallEvent = ({ type, stateKey }: MatrixEvent): boolean =>
  stateKey === null && (type.startsWith("m.call.") || type === "org.matrix.call.sdp_stream_metadata_changed");

export function parseSignal(event: MatrixEvent, hearing: Hearing): Received | null {
  const { content, sender } = event;
  const callId = idOf(content, "call_id");
  if (callId === null || event.stateKey !== null) return null;
  const version = versionOf(content);
  const partyId = version === 0 ? null : idOf(content, "party_id");
  const base = { callId: callId as CallId, sender, partyId, version, isEcho: hearing.isEcho };
  switch (event.type) {
    case "m.call.invite": {
      const offer = descriptionOf(content, "offer", "offer");
      const invitee = stringOf(content, "invitee") as UserId | null;
      const until = untilOf(event, hearing);
      return offer === null
        ? null
        : { ...base, kind: "invite", offer, until, invitee, ...abilities(content) };
    }
    case "m.call.answer": {
      const answer = descriptionOf(content, "answer", "answer");
      return answer === null ? null : { ...base, kind: "answer", answer, ...abilities(content) };
    }
    case "m.call.candidates":
      return { ...base, kind: "candidates", candidates: candidatesOf(content["candidates"]) };
    case "m.call.select_answer": {
      const selected = idOf(content, "selected_party_id");
      return selected === null ? null : { ...base, kind: "selectAnswer", selected };
    }
    case "m.call.reject":
      return { ...base, kind: "reject" };
    case "m.call.hangup":
      return { ...base, kind: "hangup", reason: stringOf(content, "reason") };
    case "m.call.negotiate": {
      const description = descriptionOf(content, "description", null);
      const until = untilOf(event, hearing);
      const streams = streamsOf(content);
      return description === null ? null : { ...base, kind: "negotiate", description, until, streams };
    }
    case "m.call.sdp_stream_metadata_changed":
    case "org.matrix.call.sdp_stream_metadata_changed": {
      const streams = streamsOf(content);
      return streams === null ? null : { ...base, kind: "metadata", streams };
    }
    default:
      return null;
  }
}

/** Only the integer 0 is version 0; everything else, the number 1 included, is spoken to as "1" (VOIP-06). */
const versionOf = (content: JsonObject): CallVersion => (content["version"] === 0 ? 0 : 1);

function idOf(content: JsonObject, key: string): string | null {
  const id = stringOf(content, key);
  return id === null || id === "" || id.length > MAX_ID ? null : id;
}

/** The offer's or answer's own type is not judged (spec: m.call.negotiate) where the event says what it is. */
function descriptionOf(
  content: JsonObject,
  key: string,
  type: SessionDescription["type"] | null,
): SessionDescription | null {
  const object = objectOf(content, key);
  const sdp = stringOf(object, "sdp");
  const said = stringOf(object, "type");
  const known = type ?? (said === "offer" || said === "answer" ? said : null);
  return sdp === null || known === null ? null : { type: known, sdp };
}

/** The end of the event's life: its lifetime from the server's word for its age, whatever any clock says (VOIP-09). */
function untilOf(event: MatrixEvent, { receivedAt, receivedTs }: Hearing): number {
  const said = numberOf(event.content, "lifetime") ?? DEFAULT_LIFETIME_MS;
  const lifetime = Math.min(Math.max(said, 0), MAX_LIFETIME_MS);
  return receivedAt - ageOf(event, receivedTs) + lifetime;
}

/** Ms, never negative. */
export const ageOf = (event: MatrixEvent, receivedTs: number): number =>
  Math.max(numberOf(event.unsigned, "age") ?? receivedTs - event.originServerTs, 0);

function abilities(content: JsonObject) {
  const canDtmf = objectOf(content, "capabilities")["m.call.dtmf"] === true;
  return { streams: streamsOf(content), canDtmf };
}

function streamsOf(content: JsonObject): readonly RemoteStream[] | null {
  const stable = content["sdp_stream_metadata"];
  const map = isObject(stable) ? stable : content[UNSTABLE_STREAM_METADATA];
  if (!isObject(map)) return null;
  return Object.entries(map)
    .slice(0, MAX_STREAMS)
    .flatMap(([streamId, value]) => streamOf(streamId, value));
}

const purposes: ReadonlyMap<string | null, RemoteStream["purpose"]> = new Map([
  ["m.usermedia", "camera"],
  ["m.screenshare", "screen"],
]);

/** A stream of unknown purpose is to be ignored (spec: Streams). */
function streamOf(streamId: string, value: unknown): readonly RemoteStream[] {
  const purpose = isObject(value) ? purposes.get(stringOf(value, "purpose")) : undefined;
  if (!isObject(value) || purpose === undefined || streamId === "" || streamId.length > MAX_ID) return [];
  const { audio_muted: audio, video_muted: video } = value;
  return [{ streamId, purpose, isAudioMuted: audio === true, isVideoMuted: video === true }];
}

function candidatesOf(value: unknown): readonly CallCandidate[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, MAX_CANDIDATES).flatMap((one: unknown) => candidateOf(one));
}

/** One of mid and index is enough; the end of candidates needs neither (VOIP-12). */
function candidateOf(value: unknown): readonly CallCandidate[] {
  if (!isObject(value)) return [];
  const candidate = stringOf(value, "candidate");
  const mid = stringOf(value, "sdpMid");
  const index = numberOf(value, "sdpMLineIndex");
  const hasIndex = index !== null && Number.isInteger(index) && index >= 0 && index <= 1000;
  if (candidate === null || candidate.length > MAX_CANDIDATE) return [];
  if (candidate !== "" && mid === null && !hasIndex) return [];
  return [
    {
      candidate,
      ...(mid === null || mid.length > MAX_ID ? {} : { sdpMid: mid }),
      ...(hasIndex ? { sdpMLineIndex: index } : {}),
    },
  ];
}
