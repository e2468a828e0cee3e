import type { CallView } from "../../preload/contract/models/call.ts";
import type { CallsState } from "../state/calls.svelte.ts";
import { Devices } from "./devices.svelte.ts";
import { MediaDriver, type MediaSession } from "./driver.svelte.ts";
import { OwnMedia, type MediaSource, type OwnMediaEvents } from "./own-media.svelte.ts";
import { Peer } from "./peer.svelte.ts";
import { judge, unknownQuality, type Expected, type Quality } from "./quality.ts";
import { sortTracks } from "./remote-tracks.ts";
import { ScreenChooser, type ScreenChoice } from "./screen-choice.svelte.ts";
import { soundOf, type Heard } from "./sound-of.ts";
import { CallSounds } from "./sounds.ts";
import type { Sample } from "./stats.ts";

/** How often the connection is looked at, in ms, and how many looks are judged together. */
const LOOK = 1_000;
const LOOKS = 10;

/** Everything of calls that lives as long as the page: driver, devices, sounds, and the eye on the connection. */
export class CallDesk {
  readonly devices = new Devices(mediaDevices(), localStorage);
  readonly driver: MediaDriver;
  /** Of the call that goes on, 0…1. */
  volume = $state(1);
  #quality = $state.raw<Quality>(unknownQuality);
  readonly #calls: CallsState;
  readonly #screens: ScreenChooser;
  readonly #sounds = new CallSounds();
  #heard: Heard = { id: null, state: null };

  constructor(calls: CallsState) {
    this.#calls = calls;
    this.#screens = new ScreenChooser(calls);
    this.driver = new MediaDriver({
      makeMedia: () => new OwnMedia(this.#source(), this.devices),
      makePeer: (media, options, events) => new Peer(media, options, events),
      // What the core did not take is of a call it no longer has: there is nothing to say about it.
      report: (callId, report) => void calls.report(callId, report).catch(() => undefined),
      performed: (through) => void calls.performed(through).catch(() => undefined),
    });
  }

  /** The question which screen to share, while it is open. */
  get screenChoice(): ScreenChoice | null {
    return this.#screens.open;
  }

  get quality(): Quality {
    return this.#quality;
  }

  session(call: CallView | null): MediaSession | null {
    return call === null ? null : this.driver.session(call.callId);
  }

  /** Called in an effect, for as long as the page shows calls. `isQuiet` is do-not-disturb. */
  work(isQuiet: () => boolean): void {
    $effect(() => this.driver.take(this.#calls.view));
    $effect(() => this.#sound(isQuiet()));
    $effect(() => this.#watchQuality());
    $effect(() => {
      // Nobody is there any more to share a screen with.
      if (!this.#calls.isInCall) this.#screens.open?.answer(null);
    });
    $effect(() => () => {
      this.driver.closeAll();
      this.#sounds.close();
    });
  }

  /** For the preview of devices: nobody else sees or hears it. The caller closes it. */
  openTrial(onFailure: OwnMediaEvents["failed"]): OwnMedia {
    const trial = new OwnMedia(this.#source(), this.devices);
    trial.events = { changed() {}, screenEnded() {}, failed: onFailure };
    return trial;
  }

  /** Another device or switch is chosen: what is open is opened with it. */
  async reopen(part: "microphone" | "camera"): Promise<void> {
    await this.session(this.#calls.current)?.media.reopen(part);
  }

  #source(): MediaSource | undefined {
    const media = mediaDevices();
    if (media === undefined) return undefined;
    return {
      getUserMedia: (constraints) => media.getUserMedia(constraints),
      getDisplayMedia: async (options) => {
        await this.#screens.choose();
        return media.getDisplayMedia(options);
      },
    };
  }

  #sound(isQuiet: boolean): void {
    const { current, ringing } = this.#calls;
    const isRinging = ringing.some((call) => call.state === "ringing" && !call.isQuiet);
    const { sound, heard } = soundOf({ current, isRinging, isQuiet }, this.#heard);
    this.#heard = heard;
    if (sound === "silence") this.#sounds.silence();
    else if (sound !== "as-before") this.#sounds.play(sound);
  }

  #watchQuality(): (() => void) | undefined {
    const { current } = this.#calls;
    const peer = current?.state === "connected" ? this.session(current)?.peer : undefined;
    this.#quality = unknownQuality;
    if (current?.state !== "connected" || peer === undefined) return undefined;
    const expected = expectedOf(current, sortTracks(peer.arrived, current.remote.streams).camera !== null);
    const samples: Sample[] = [];
    const timer = setInterval(() => {
      void peer.sample().then((sample) => {
        samples.push(sample);
        if (samples.length > LOOKS) samples.shift();
        this.#quality = judge(samples, expected);
      });
    }, LOOK);
    return () => clearInterval(timer);
  }
}

/** What ought to flow in a connected call, by what both sides have said and what has come. */
export function expectedOf(call: CallView & { state: "connected" }, seesCamera: boolean): Expected {
  const { local, remote } = call;
  const flows = !local.isHeld && !remote.isHolding;
  const camera = remote.streams?.find(({ purpose }) => purpose === "camera");
  return {
    audioIn: flows,
    // Who says nothing about streams may turn the camera off without a word.
    videoIn: flows && seesCamera && camera?.isVideoMuted === false,
    audioOut: flows && local.microphone,
  };
}

/** Absent where the page is not from a safe origin, whatever the types say. */
function mediaDevices(): MediaDevices | undefined {
  return navigator.mediaDevices;
}
