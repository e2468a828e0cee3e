import type { LocalMedia, MediaPart, MediaProblem } from "../../preload/contract/models/call.ts";
import { captureBoth, captureCamera, captureFailure, captureMicrophone, type Captured } from "./capture.ts";
import type { Devices } from "./devices.svelte.ts";

/** The parts of the browser it needs. */
export type MediaSource = Pick<MediaDevices, "getUserMedia" | "getDisplayMedia">;

export interface OwnMediaEvents {
  /** Tracks came, went or were replaced. */
  changed(): void;
  failed(part: MediaPart, why: MediaProblem): void;
  /** By the system's own "Stop sharing". */
  screenEnded(): void;
}

const silent: OwnMediaEvents = { changed() {}, failed() {}, screenEnded() {} };

/**
 * Our sound and picture in a call. It follows what `LocalMedia` wishes, and it can pass from one call to another with
 * everything that is open or being asked for: when both sides call each other, nobody is asked twice (GLAR-10).
 */
export class OwnMedia {
  /** Their ids are how the other side tells camera and screen apart (spec: Streams). */
  readonly userStream = new MediaStream();
  readonly screenStream = new MediaStream();
  /** Whoever has it now. */
  events = silent;
  #microphone = $state.raw<MediaStreamTrack | null>(null);
  #camera = $state.raw<MediaStreamTrack | null>(null);
  #screen = $state.raw<MediaStreamTrack | null>(null);
  #screenSound = $state.raw<MediaStreamTrack | null>(null);
  /** The microphone was unplugged and another took its place, or none did; null when neither. */
  #lost = $state.raw<"replaced" | "gone" | null>(null);
  #wish: LocalMedia = { microphone: true, camera: false, screen: false, isHeld: false };
  #isClosed = false;
  #work: Promise<void> = Promise.resolve();
  readonly #source: MediaSource | undefined;
  readonly #devices: Devices;

  constructor(source: MediaSource | undefined, devices: Devices) {
    this.#source = source;
    this.#devices = devices;
  }

  get microphone(): MediaStreamTrack | null {
    return this.#microphone;
  }
  get camera(): MediaStreamTrack | null {
    return this.#camera;
  }
  get screen(): MediaStreamTrack | null {
    return this.#screen;
  }
  get screenSound(): MediaStreamTrack | null {
    return this.#screenSound;
  }
  get lost(): "replaced" | "gone" | null {
    return this.#lost;
  }

  /** Opens and closes what has to be, one wish after the other. Resolves when it is so, or has failed and was told. */
  apply(wish: LocalMedia): Promise<void> {
    this.#wish = wish;
    // Muting is at once, whatever question is still open.
    if (this.#microphone) this.#microphone.enabled = isHeard(wish);
    return this.#then(() => this.#follow());
  }

  /** After another device or switch was chosen: what is open is opened anew with it. */
  reopen(part: "microphone" | "camera"): Promise<void> {
    return this.#then(async () => {
      if ((part === "microphone" ? this.#microphone : this.#camera) === null) return;
      // Some systems give a device to one taker at a time: the old one goes first.
      this.#put(part, null);
      await this.#follow();
    });
  }

  /** Every light goes out. What is still being asked for is closed as soon as it comes. */
  close(): void {
    this.#isClosed = true;
    this.events = silent;
    this.#stopScreen();
    this.#put("microphone", null);
    this.#put("camera", null);
  }

  #then(step: () => Promise<void>): Promise<void> {
    return (this.#work = this.#work.then(() => (this.#isClosed ? undefined : step())));
  }

  async #follow(): Promise<void> {
    const { camera } = this.#wish;
    const needsCamera = camera && this.#camera === null;
    if (this.#microphone === null && needsCamera) {
      const both = await captureBoth(this.#source, this.#devices.choice);
      this.#take("microphone", both.microphone);
      this.#take("camera", both.camera);
    } else {
      if (this.#microphone === null)
        this.#take("microphone", await captureMicrophone(this.#source, this.#devices.choice));
      if (needsCamera) this.#take("camera", await captureCamera(this.#source, this.#devices.choice));
    }
    if (!camera) this.#put("camera", null);
    if (!this.#wish.screen) this.#stopScreen();
    else if (this.#screen === null) await this.#startScreen();
    if (this.#isClosed) return;
    void this.#devices.refresh();
    this.events.changed();
  }

  #take(part: "microphone" | "camera", captured: Captured): void {
    if (this.#isClosed) return void captured.track?.stop();
    this.#put(part, captured.track);
    if (captured.failure !== null) this.events.failed(part, captured.failure);
  }

  #put(part: "microphone" | "camera", track: MediaStreamTrack | null): void {
    const old = part === "microphone" ? this.#microphone : this.#camera;
    if (old !== null) {
      old.onended = null;
      old.stop();
      this.userStream.removeTrack(old);
    }
    if (track !== null) {
      track.onended = () => void this.#deviceLost(part);
      if (part === "microphone") track.enabled = isHeard(this.#wish);
      this.userStream.addTrack(track);
    }
    if (part === "microphone") this.#microphone = track;
    else this.#camera = track;
  }

  /** Unplugged. Another microphone takes its place, if there is one; a camera waits for the user. */
  async #deviceLost(part: "microphone" | "camera"): Promise<void> {
    this.#put(part, null);
    if (part === "camera") {
      this.events.changed();
      this.events.failed("camera", "missing");
      return;
    }
    await this.#then(() => this.#follow());
    this.#lost = this.#microphone === null ? "gone" : "replaced";
  }

  async #startScreen(): Promise<void> {
    try {
      if (!this.#source) throw new TypeError("no media devices");
      const stream = await this.#source.getDisplayMedia({ video: { frameRate: { max: 30 } }, audio: true });
      const [picture] = stream.getVideoTracks();
      if (this.#isClosed || !this.#wish.screen || picture === undefined) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      const [sound] = stream.getAudioTracks();
      picture.onended = () => {
        this.#stopScreen();
        this.events.changed();
        this.events.screenEnded();
      };
      this.#screen = picture;
      this.#screenSound = sound ?? null;
      for (const track of stream.getTracks()) this.screenStream.addTrack(track);
    } catch (error) {
      if (!this.#isClosed) this.events.failed("screen", captureFailure(error));
    }
  }

  #stopScreen(): void {
    for (const track of this.screenStream.getTracks()) {
      track.onended = null;
      track.stop();
      this.screenStream.removeTrack(track);
    }
    this.#screen = this.#screenSound = null;
  }
}

const isHeard = ({ microphone, isHeld }: LocalMedia): boolean => microphone && !isHeld;
