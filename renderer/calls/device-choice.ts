// Which microphone, camera and speaker calls use. Kept in the page's own storage: a device id means something in this
// browser profile only, and losing the choice costs a click.

export interface DeviceChoice {
  /** Device ids, or null for what the system prefers. */
  readonly microphone: string | null;
  readonly camera: string | null;
  readonly speaker: string | null;
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
}

export const defaultChoice: DeviceChoice = {
  microphone: null,
  camera: null,
  speaker: null,
  echoCancellation: true,
  noiseSuppression: true,
};

const key = "dunlin.call-devices";

type Storage = Pick<globalThis.Storage, "getItem" | "setItem">;

export function loadChoice(storage: Storage): DeviceChoice {
  return parseChoice(storage.getItem(key));
}

export function saveChoice(storage: Storage, choice: DeviceChoice): void {
  storage.setItem(key, JSON.stringify(choice));
}

/** Whatever is not as it should be counts as not chosen. */
export function parseChoice(text: string | null): DeviceChoice {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? "null");
  } catch {
    return defaultChoice;
  }
  if (typeof stored !== "object" || stored === null) return defaultChoice;
  const part = stored as Readonly<Record<string, unknown>>;
  const id = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
  return {
    microphone: id(part["microphone"]),
    camera: id(part["camera"]),
    speaker: id(part["speaker"]),
    echoCancellation: part["echoCancellation"] !== false,
    noiseSuppression: part["noiseSuppression"] !== false,
  };
}

/** `exact` is given up by the caller when the device is gone: a wish must not end a call. */
export function audioConstraints(choice: DeviceChoice): MediaTrackConstraints {
  return {
    ...(choice.microphone === null ? {} : { deviceId: { exact: choice.microphone } }),
    echoCancellation: choice.echoCancellation,
    noiseSuppression: choice.noiseSuppression,
    autoGainControl: true,
  };
}

export function videoConstraints(choice: DeviceChoice): MediaTrackConstraints {
  return {
    ...(choice.camera === null ? {} : { deviceId: { exact: choice.camera } }),
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 30, max: 30 },
  };
}
