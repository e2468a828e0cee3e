import { expect, test } from "vitest";
import { sortTracks, type ArrivedTrack } from "./remote-tracks.ts";

const at = (track: string, kind: string, streamId: string): ArrivedTrack<string> => ({
  track,
  kind,
  streamId,
});

test("metadata says which picture is the screen, whatever came first", () => {
  const arrived = [
    at("s", "video", "S"),
    at("ss", "audio", "S"),
    at("a", "audio", "U"),
    at("v", "video", "U"),
  ];
  const said = [
    { streamId: "U", purpose: "camera" },
    { streamId: "S", purpose: "screen" },
  ] as const;
  expect(sortTracks(arrived, said)).toEqual({ sound: "a", camera: "v", screen: "s", screenSound: "ss" });
});

test("without metadata only the first stream counts", () => {
  const arrived = [at("a", "audio", "one"), at("v", "video", "one"), at("x", "video", "two")];
  expect(sortTracks(arrived, null)).toEqual({ sound: "a", camera: "v", screen: null, screenSound: null });
});

test("streams that the metadata does not list, and tracks without a stream, are ignored", () => {
  const arrived = [at("x", "audio", "unlisted"), at("y", "audio", ""), at("a", "audio", "U")];
  expect(sortTracks(arrived, [{ streamId: "U", purpose: "camera" }])).toMatchObject({ sound: "a" });
  expect(sortTracks([at("y", "audio", "")], null)).toMatchObject({ sound: null });
});
