import type { JsonObject } from "../event.ts";
import { UNSTABLE_STREAM_METADATA } from "./parse-signal.ts";
import type { Outgoing, SaidMedia, Signal } from "./state.ts";

// What a signal is on the wire. Pure. snake_case begins in this file.

/** Type and content of the event. Version 0 gets the keys it knows and no others (VOIP-11). */
export function signalContent({ callId, partyId, version, signal }: Outgoing): {
  readonly eventType: string;
  readonly content: JsonObject;
} {
  const common =
    version === 0 ? { call_id: callId, version: 0 } : { call_id: callId, version: "1", party_id: partyId };
  const { eventType, keys, extra } = keysOf(signal);
  return { eventType, content: { ...common, ...keys, ...(version === 0 ? {} : extra) } };
}

interface Keys {
  readonly eventType: string;
  readonly keys: JsonObject;
  /** Not in version 0. */
  readonly extra?: JsonObject;
}

function keysOf(signal: Signal): Keys {
  switch (signal.kind) {
    case "invite":
      return {
        eventType: "m.call.invite",
        keys: { offer: { type: "offer", sdp: signal.sdp }, lifetime: signal.lifetimeMs },
        extra: { invitee: signal.invitee, capabilities, ...metadata(signal.media) },
      };
    case "answer":
      return {
        eventType: "m.call.answer",
        keys: { answer: { type: "answer", sdp: signal.sdp } },
        extra: { capabilities, ...metadata(signal.media) },
      };
    case "candidates":
      return { eventType: "m.call.candidates", keys: { candidates: signal.candidates } };
    case "selectAnswer":
      return { eventType: "m.call.select_answer", keys: { selected_party_id: signal.selected } };
    case "reject":
      return { eventType: "m.call.reject", keys: {} };
    case "hangup":
      return { eventType: "m.call.hangup", keys: {}, extra: { reason: signal.reason } };
    case "negotiate":
      return {
        eventType: "m.call.negotiate",
        keys: { description: signal.description, lifetime: signal.lifetimeMs },
        extra: metadata(signal.media),
      };
    case "metadata":
      return { eventType: "m.call.sdp_stream_metadata_changed", keys: metadata(signal.media) };
  }
}

/** Tones are understood where WebRTC plays them; calls cannot be handed to other people. */
const capabilities: JsonObject = { "m.call.transferee": false, "m.call.dtmf": true };

function metadata({ streams, local }: SaidMedia): JsonObject {
  const map = Object.fromEntries(
    streams.map(({ streamId, purpose }) => [
      streamId,
      purpose === "screen"
        ? { purpose: "m.screenshare", audio_muted: local.isHeld, video_muted: local.isHeld }
        : {
            purpose: "m.usermedia",
            audio_muted: local.isHeld || !local.microphone,
            video_muted: local.isHeld || !local.camera,
          },
    ]),
  );
  // The second for matrix-js-sdk, which reads no other.
  return { sdp_stream_metadata: map, [UNSTABLE_STREAM_METADATA]: map };
}
