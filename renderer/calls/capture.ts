import type { MediaProblem } from "../../preload/contract/models/call.ts";
import { audioConstraints, videoConstraints, type DeviceChoice } from "./device-choice.ts";

export type Captured =
  | { readonly track: MediaStreamTrack; readonly failure: null }
  | { readonly track: null; readonly failure: MediaProblem };

type Media = Pick<MediaDevices, "getUserMedia">;

/** What `getUserMedia` throws (Media Capture and Streams, 10.2) as one of our reasons. */
export function captureFailure(error: unknown): MediaProblem {
  switch (error instanceof Error ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "in-use";
    default:
      return "other";
  }
}

export function captureMicrophone(media: Media | undefined, choice: DeviceChoice): Promise<Captured> {
  return capture(media, "audio", audioConstraints(choice));
}

export function captureCamera(media: Media | undefined, choice: DeviceChoice): Promise<Captured> {
  return capture(media, "video", videoConstraints(choice));
}

/** Microphone and camera in one question, so that the user is asked once; a missing camera leaves the microphone. */
export async function captureBoth(
  media: Media | undefined,
  choice: DeviceChoice,
): Promise<{ readonly microphone: Captured; readonly camera: Captured }> {
  try {
    const stream = await ask(media, { audio: audioConstraints(choice), video: videoConstraints(choice) });
    const [audio] = stream.getAudioTracks();
    const [video] = stream.getVideoTracks();
    return { microphone: taken(audio), camera: taken(video) };
  } catch {
    // One of the two is the reason, and only asking for each says which.
    const microphone = await captureMicrophone(media, choice);
    return { microphone, camera: await captureCamera(media, choice) };
  }
}

async function capture(
  media: Media | undefined,
  kind: "audio" | "video",
  constraints: MediaTrackConstraints,
): Promise<Captured> {
  try {
    const [track] = (await ask(media, { [kind]: constraints })).getTracks();
    return taken(track);
  } catch (error) {
    if ("deviceId" in constraints && captureFailure(error) === "missing") {
      // The chosen device was unplugged: another one is better than none.
      const { deviceId: _gone, ...rest } = constraints;
      return capture(media, kind, rest);
    }
    return { track: null, failure: captureFailure(error) };
  }
}

function ask(media: Media | undefined, constraints: MediaStreamConstraints): Promise<MediaStream> {
  // Absent where the page is not from a safe origin.
  return media === undefined
    ? Promise.reject(new TypeError("no media devices"))
    : media.getUserMedia(constraints);
}

const taken = (track: MediaStreamTrack | undefined): Captured =>
  track === undefined ? { track: null, failure: "missing" } : { track, failure: null };
