import type { Page } from "@playwright/test";

/** What a page's WebRTC has done so far; all counters only grow. */
export interface CallCounts {
  /** RTCPeerConnections made, and those still open. */
  connections: number;
  open: number;
  /** Questions for camera or microphone, and for the screen. */
  captures: number;
  screens: number;
  /** Of the newest open connection. */
  audioIn: number;
  audioOut: number;
  /** Pictures decoded and sent, all streams together. */
  framesIn: number;
  framesOut: number;
  /** Loudness that arrived, summed up; stands still in silence. */
  energyIn: number;
  /** How many of our own tracks are live. */
  live: number;
  /** Type of the chosen local candidate ("host", "relay", …), or "". */
  candidate: string;
}

interface Probe {
  /** What the call view said each time it showed an end; the view itself leaves after some seconds. */
  readonly ends: string[];
  readonly connections: RTCPeerConnection[];
  readonly tracks: MediaStreamTrack[];
  captures: number;
  screens: number;
}
declare global {
  interface Window {
    callProbe?: Probe;
  }
}

/** Call it before the page is opened: from then on `callCounts` knows what its WebRTC does. Works on any page. */
export async function probeCalls(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const probe: Probe = { ends: [], connections: [], tracks: [], captures: 0, screens: 0 };
    window.callProbe = probe;
    new MutationObserver(() => {
      const ended = document.querySelector('section[data-call-state="ended"]');
      if (ended !== null && probe.ends.at(-1) !== ended.textContent) probe.ends.push(ended.textContent);
    }).observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
    const Original = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Original {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        probe.connections.push(this);
      }
    };
    const media = navigator.mediaDevices as MediaDevices | undefined;
    if (media === undefined) return;
    const getUserMedia = media.getUserMedia.bind(media);
    const getDisplayMedia = media.getDisplayMedia.bind(media);
    media.getUserMedia = async (constraints) => {
      probe.captures += 1;
      const stream = await getUserMedia(constraints);
      probe.tracks.push(...stream.getTracks());
      return stream;
    };
    media.getDisplayMedia = async (options) => {
      probe.screens += 1;
      const stream = await getDisplayMedia(options);
      probe.tracks.push(...stream.getTracks());
      return stream;
    };
  });
}

/** What ended calls said so far, oldest first. */
export const callEnds = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => window.callProbe?.ends ?? []);

export function callCounts(page: Page): Promise<CallCounts> {
  return page.evaluate(async () => {
    const probe = window.callProbe;
    if (!probe) throw new Error("probeCalls came too late");
    const open = probe.connections.filter(({ connectionState }) => connectionState !== "closed");
    const entries: Record<string, unknown>[] = [];
    (await open.at(-1)?.getStats())?.forEach((entry: Record<string, unknown>) => entries.push(entry));
    const sum = (type: string, kind: string, name: string): number =>
      entries
        .filter((entry) => entry["type"] === type && entry["kind"] === kind)
        .reduce((total, entry) => total + (typeof entry[name] === "number" ? entry[name] : 0), 0);
    const pairId = entries.find(({ type }) => type === "transport")?.["selectedCandidatePairId"];
    const localId = entries.find(({ id }) => id === pairId)?.["localCandidateId"];
    const candidate = entries.find(({ id }) => id === localId)?.["candidateType"];
    return {
      connections: probe.connections.length,
      open: open.length,
      captures: probe.captures,
      screens: probe.screens,
      audioIn: sum("inbound-rtp", "audio", "packetsReceived"),
      audioOut: sum("outbound-rtp", "audio", "packetsSent"),
      framesIn: sum("inbound-rtp", "video", "framesDecoded"),
      framesOut: sum("outbound-rtp", "video", "framesSent"),
      energyIn: sum("inbound-rtp", "audio", "totalAudioEnergy"),
      live: probe.tracks.filter(({ readyState }) => readyState === "live").length,
      candidate: typeof candidate === "string" ? candidate : "",
    };
  });
}
