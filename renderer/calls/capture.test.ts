import { expect, test } from "vitest";
import { captureBoth, captureFailure, captureMicrophone } from "./capture.ts";
import { defaultChoice } from "./device-choice.ts";

const track = (kind: string): MediaStreamTrack => ({ kind }) as MediaStreamTrack;
const streamOf = (...tracks: MediaStreamTrack[]): MediaStream =>
  ({
    getTracks: () => tracks,
    getAudioTracks: () => tracks.filter(({ kind }) => kind === "audio"),
    getVideoTracks: () => tracks.filter(({ kind }) => kind === "video"),
  }) as unknown as MediaStream;
const named = (name: string): Error => Object.assign(new Error(name), { name });

/** Devices that answer each question in turn and remember what was asked. */
function media(...answers: (MediaStream | Error)[]) {
  const asked: MediaStreamConstraints[] = [];
  return {
    asked,
    getUserMedia: (constraints: MediaStreamConstraints): Promise<MediaStream> => {
      asked.push(constraints);
      const answer = answers.shift();
      return answer instanceof Error
        ? Promise.reject(answer)
        : Promise.resolve(answer ?? streamOf(track("audio")));
    },
  };
}

test.each([
  ["NotAllowedError", "denied"],
  ["SecurityError", "denied"],
  ["NotFoundError", "missing"],
  ["OverconstrainedError", "missing"],
  ["NotReadableError", "in-use"],
  ["AbortError", "in-use"],
  ["TypeError", "other"],
  ["ElseError", "other"],
])("%s means %s", (name, reason) => {
  expect(captureFailure(named(name))).toBe(reason);
  expect(captureFailure("no error at all")).toBe("other");
});

test("takes another microphone when the chosen one was unplugged, with the same switches", async () => {
  const audio = track("audio");
  const devices = media(named("OverconstrainedError"), streamOf(audio));
  const choice = { ...defaultChoice, microphone: "gone", noiseSuppression: false };
  expect(await captureMicrophone(devices, choice)).toEqual({ track: audio, failure: null });
  expect(devices.asked).toEqual([
    {
      audio: {
        deviceId: { exact: "gone" },
        echoCancellation: true,
        noiseSuppression: false,
        autoGainControl: true,
      },
    },
    { audio: { echoCancellation: true, noiseSuppression: false, autoGainControl: true } },
  ]);
});

test("asks once for both, and does not ask again when it was allowed", async () => {
  const devices = media(streamOf(track("audio"), track("video")));
  const { microphone, camera } = await captureBoth(devices, defaultChoice);
  expect([microphone.track?.kind, camera.track?.kind]).toEqual(["audio", "video"]);
  expect(devices.asked).toHaveLength(1);
});

test("a missing camera leaves the microphone, and the reason", async () => {
  const devices = media(named("NotFoundError"), streamOf(track("audio")), named("NotFoundError"));
  const { microphone, camera } = await captureBoth(devices, defaultChoice);
  expect(microphone.track?.kind).toBe("audio");
  expect(camera).toEqual({ track: null, failure: "missing" });
});

test("a page without media devices says so instead of breaking", async () => {
  expect(await captureMicrophone(undefined, defaultChoice)).toEqual({ track: null, failure: "other" });
});
