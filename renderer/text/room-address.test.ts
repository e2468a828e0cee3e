import { expect, it } from "vitest";
import { readRoomAddress } from "./room-address.ts";

it.each([
  ["#room:server", "#room:server", []],
  [" !id:server:8448 ", "!id:server:8448", []],
  ["!opaqueIdOfVersion12", "!opaqueIdOfVersion12", []],
  ["#irc_#chan:server", "#irc_#chan:server", []],
  ["https://matrix.to/#/%23room%3Aserver", "#room:server", []],
  ["https://matrix.to/#/!id:a?via=b&via=c", "!id:a", ["b", "c"]],
  ["https://matrix.to/#/!id:a/$event?via=b", "!id:a", ["b"]],
  ["matrix:r/room:server", "#room:server", []],
  ["matrix:roomid/id:a?via=b", "!id:a", ["b"]],
])("%s is an address", (typed, address, via) => {
  expect(readRoomAddress(typed)).toEqual({ address, via });
});

it.each([
  "room",
  "#room",
  "@who:server",
  "#two words:server",
  "https://matrix.to/#/@who:server",
  "matrix:u/who:a",
])("%s is none", (typed) => {
  expect(readRoomAddress(typed)).toBeNull();
});

it("servers that are none are left out of what a link names", () => {
  expect(readRoomAddress("matrix:roomid/id:a?via=b&via=%20evil%20/x")?.via).toEqual(["b"]);
});
