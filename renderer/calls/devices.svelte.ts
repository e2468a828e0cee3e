import { createSubscriber } from "svelte/reactivity";
import { defaultChoice, loadChoice, saveChoice, type DeviceChoice } from "./device-choice.ts";

export interface Device {
  readonly id: string;
  /** Empty until the user has allowed one of its kind. */
  readonly label: string;
}

export interface DeviceLists {
  readonly microphones: readonly Device[];
  readonly cameras: readonly Device[];
  readonly speakers: readonly Device[];
}

const noDevices: DeviceLists = { microphones: [], cameras: [], speakers: [] };

type Media = Pick<MediaDevices, "enumerateDevices" | "addEventListener" | "removeEventListener">;
type Storage = Pick<globalThis.Storage, "getItem" | "setItem">;

/** What is plugged in, and which of it the user wants. */
export class Devices {
  #lists = $state.raw<DeviceLists>(noDevices);
  #isKnown = $state.raw(false);
  #choice = $state.raw<DeviceChoice>(defaultChoice);
  readonly #media: Media | undefined;
  readonly #storage: Storage;
  readonly #watch: () => void;

  constructor(media: Media | undefined, storage: Storage) {
    this.#media = media;
    this.#storage = storage;
    this.#choice = loadChoice(storage);
    this.#watch = createSubscriber(() => this.#follow());
  }

  /** Followed while something shows it. */
  get lists(): DeviceLists {
    this.#watch();
    return this.#lists;
  }

  /** False only when it is certain that there is none. */
  get hasMicrophone(): boolean {
    this.#watch();
    if (this.#media === undefined) return false;
    return !this.#isKnown || this.#lists.microphones.length > 0;
  }

  get choice(): DeviceChoice {
    return this.#choice;
  }

  choose(part: Partial<DeviceChoice>): void {
    this.#choice = { ...this.#choice, ...part };
    saveChoice(this.#storage, this.#choice);
  }

  /** Labels appear once the user has allowed a device: called after capturing, too. */
  async refresh(): Promise<void> {
    if (this.#media === undefined) return;
    try {
      this.#lists = listsOf(await this.#media.enumerateDevices());
      this.#isKnown = true;
    } catch {
      // What is known stays; choosing is a comfort, not a condition.
    }
  }

  #follow(): () => void {
    const refresh = (): void => void this.refresh();
    refresh();
    this.#media?.addEventListener("devicechange", refresh);
    return () => this.#media?.removeEventListener("devicechange", refresh);
  }
}

function listsOf(all: readonly Pick<MediaDeviceInfo, "kind" | "deviceId" | "label">[]): DeviceLists {
  const of = (kind: MediaDeviceKind): Device[] =>
    all.filter((device) => device.kind === kind).map(({ deviceId, label }) => ({ id: deviceId, label }));
  return { microphones: of("audioinput"), cameras: of("videoinput"), speakers: of("audiooutput") };
}
