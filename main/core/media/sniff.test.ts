import { expect, test } from "vitest";
import { sniffType, UNKNOWN_TYPE } from "./sniff.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");
const mp4 = (brands: string): string => `\0\0\0${String.fromCharCode(8 + brands.length)}ftyp${brands}`;

test.each([
  ["image/png", "\x89PNG\r\n\x1a\n"],
  ["image/jpeg", "\xff\xd8\xff\xe0"],
  ["image/gif", "GIF89a"],
  ["image/webp", "RIFF\x10\0\0\0WEBPVP8 "],
  ["image/avif", mp4("avif\0\0\0\0mif1miaf")],
  ["image/avif", mp4("mif1\0\0\0\0avifmiaf")],
  ["video/mp4", mp4("isom\0\0\x02\0isomiso2avc1mp41")],
  ["audio/mp4", mp4("M4A \0\0\x02\0isom")],
  ["video/webm", "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm"],
  ["audio/ogg", `OggS\0\x02${"\0".repeat(22)}\x01vorbis`],
  ["video/ogg", `OggS\0\x02${"\0".repeat(22)}\x80theora`],
  ["audio/mpeg", "ID3\x04\0"],
  ["audio/mpeg", "\xff\xfb\x90\x64"],
  ["audio/wav", "RIFF\x24\0\0\0WAVEfmt "],
  ["audio/flac", "fLaC\0\0\0\x22"],
])("%s is known by its bytes", (type, text) => expect(sniffType(bytes(text))).toBe(type));

test.each([
  "",
  "x",
  "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
  "<?xml version='1.0'?><svg/>",
  "<!doctype html><script>alert(1)</script>",
  "<html>",
  "%PDF-1.7",
  "PK\x03\x04",
  "MZ\x90",
  "\x7fELF",
  "#!/bin/sh",
  "GIF8",
  "RIFF\x10\0\0\0AVI ",
  mp4("heic\0\0\0\0mif1heic"),
  "\x1a\x45\xdf\xa3\x42\x82\x88matroska",
  "\xff\xff\xff\xff",
  "\xff\xfe<\0h\0t\0m\0l\0",
  "\xef\xbb\xbf<svg>",
])("%j is only ever saved", (text) => expect(sniffType(bytes(text))).toBe(UNKNOWN_TYPE));
