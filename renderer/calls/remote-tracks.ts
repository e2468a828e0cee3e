import type { RemoteStream } from "../../preload/contract/models/call.ts";

// Which of the other side's tracks is what. Pure but for the track objects it carries.

type StreamPurpose = RemoteStream["purpose"];

/** What the other side says about its streams; null when it does not know of such things (version 0). */
type Said = readonly Pick<RemoteStream, "streamId" | "purpose">[] | null;

export interface ArrivedTrack<T> {
  readonly track: T;
  readonly kind: string;
  /** Empty for a track without a stream. */
  readonly streamId: string;
}

export interface RemoteTracks<T> {
  readonly sound: T | null;
  readonly camera: T | null;
  readonly screen: T | null;
  readonly screenSound: T | null;
}

/**
 * Spec, Streams: tracks without a stream are ignored; with metadata, streams it does not list are ignored; without, only
 * the first stream counts. The first of each kind is taken.
 */
export function sortTracks<T>(arrived: readonly ArrivedTrack<T>[], said: Said): RemoteTracks<T> {
  const inStreams = arrived.filter(({ streamId }) => streamId !== "");
  const first = inStreams[0]?.streamId;
  const purposeOf = (streamId: string): StreamPurpose | undefined =>
    said === null
      ? streamId === first
        ? "camera"
        : undefined
      : said.find((stream) => stream.streamId === streamId)?.purpose;
  const find = (kind: string, purpose: StreamPurpose): T | null =>
    inStreams.find((one) => one.kind === kind && purposeOf(one.streamId) === purpose)?.track ?? null;
  return {
    sound: find("audio", "camera"),
    camera: find("video", "camera"),
    screen: find("video", "screen"),
    screenSound: find("audio", "screen"),
  };
}
