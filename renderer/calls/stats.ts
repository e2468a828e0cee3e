// What getStats says (W3C webrtc-stats), cut down to what is judged. Pure.

/** Counters of one direction of one kind; they only grow while the connection lives. */
export interface Flow {
  readonly packets: number;
  readonly lost: number;
  /** Decoded or sent pictures; 0 for sound. */
  readonly frames: number;
}

export interface Sample {
  /** Ms; only differences mean something. */
  readonly at: number;
  readonly audioIn: Flow;
  readonly videoIn: Flow;
  readonly audioOut: Flow;
  readonly videoOut: Flow;
  /** How many of our packets the other side says it missed lately, 0…1; null before its first report. */
  readonly missedThere: number | null;
  /** Ms there and back; null when unknown. */
  readonly roundTrip: number | null;
  /** Ms by which sound arrives unevenly. */
  readonly jitter: number;
  /** Energy the microphone has picked up so far; grows with the slightest noise. Null when there is none. */
  readonly microphoneEnergy: number | null;
  /** How the packets travel; null before a pair of candidates was chosen. */
  readonly path: "direct" | "relay" | null;
}

type Entry = Readonly<Record<string, unknown>>;
const number = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) ? value : 0);

/** `entries` are the values of an RTCStatsReport. */
export function sampleOf(entries: Iterable<unknown>, at: number): Sample {
  const all = [...entries].filter((entry): entry is Entry => typeof entry === "object" && entry !== null);
  const of = (type: string, kind?: "audio" | "video"): Entry[] =>
    all.filter((entry) => entry["type"] === type && (kind === undefined || entry["kind"] === kind));
  const remote = of("remote-inbound-rtp");
  const pair = chosenPair(all);
  const local = all.find((entry) => entry["id"] === pair?.["localCandidateId"]);
  const microphone = of("media-source", "audio")[0];
  const roundTrip = pair?.["currentRoundTripTime"] ?? remote[0]?.["roundTripTime"];
  return {
    at,
    audioIn: flowOf(of("inbound-rtp", "audio"), "packetsReceived", "framesDecoded"),
    videoIn: flowOf(of("inbound-rtp", "video"), "packetsReceived", "framesDecoded"),
    audioOut: flowOf(of("outbound-rtp", "audio"), "packetsSent", "framesSent"),
    videoOut: flowOf(of("outbound-rtp", "video"), "packetsSent", "framesSent"),
    missedThere:
      remote.length === 0 ? null : Math.max(...remote.map((entry) => number(entry["fractionLost"]))),
    roundTrip: typeof roundTrip === "number" ? roundTrip * 1000 : null,
    jitter: Math.max(0, ...of("inbound-rtp", "audio").map((entry) => number(entry["jitter"]) * 1000)),
    microphoneEnergy: microphone === undefined ? null : number(microphone["totalAudioEnergy"]),
    path: local === undefined ? null : local["candidateType"] === "relay" ? "relay" : "direct",
  };
}

function chosenPair(all: readonly Entry[]): Entry | undefined {
  const transport = all.find((entry) => entry["type"] === "transport" && "selectedCandidatePairId" in entry);
  const id = transport?.["selectedCandidatePairId"];
  return all.find(
    (entry) =>
      entry["type"] === "candidate-pair" &&
      (id === undefined ? entry["nominated"] === true : entry["id"] === id),
  );
}

function flowOf(entries: readonly Entry[], packets: string, frames: string): Flow {
  const sum = (name: string): number => entries.reduce((total, entry) => total + number(entry[name]), 0);
  return { packets: sum(packets), lost: sum("packetsLost"), frames: sum(frames) };
}
