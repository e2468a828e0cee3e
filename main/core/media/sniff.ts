// What a file is, by its own first bytes: what a sender or a server says about it counts for nothing (MSG-21). Pure.

/** For what is only ever saved, never shown: everything not known below, HTML and SVG above all. */
export const UNKNOWN_TYPE = "application/octet-stream";

/** How many bytes `sniffType` wants to see. */
export const SNIFFED_BYTES = 64;

export function sniffType(head: Uint8Array): string {
  const is = (offset: number, text: string): boolean => ascii(head, offset, text.length) === text;
  if (is(0, "\x89PNG\r\n\x1a\n")) return "image/png";
  if (is(0, "\xff\xd8\xff")) return "image/jpeg";
  if (is(0, "GIF87a") || is(0, "GIF89a")) return "image/gif";
  if (is(0, "RIFF") && is(8, "WEBP")) return "image/webp";
  if (is(0, "RIFF") && is(8, "WAVE")) return "audio/wav";
  if (is(4, "ftyp")) return isoMediaType(head);
  if (is(0, "\x1a\x45\xdf\xa3") && ascii(head, 0, SNIFFED_BYTES).includes("webm")) return "video/webm";
  if (is(0, "OggS")) return ascii(head, 28, 8).includes("theora") ? "video/ogg" : "audio/ogg";
  if (is(0, "fLaC")) return "audio/flac";
  if (is(0, "ID3") || isMpegAudioFrame(head)) return "audio/mpeg";
  return UNKNOWN_TYPE;
}

/** MP4 and its family, by major brand and compatible brands. */
function isoMediaType(head: Uint8Array): string {
  const size = new DataView(head.buffer, head.byteOffset).getUint32(0);
  const brands = ascii(head, 8, Math.max(0, Math.min(size, head.length) - 8));
  if (/^M4[AB] /.test(brands)) return "audio/mp4";
  if (/^(?:avif|avis)/.test(brands) || /^(?:mif1|msf1).*avi[fs]/s.test(brands)) return "image/avif";
  return /^(?:isom|iso[2-9]|mp4[12]|avc1|dash|M4V |3gp[4-9]|MSNV)/.test(brands) ? "video/mp4" : UNKNOWN_TYPE;
}

/** A frame of layer III: sync bits, no reserved version, bitrate or sample rate. */
function isMpegAudioFrame(head: Uint8Array): boolean {
  const [first = 0, second = 0, third = 0] = head;
  return (
    first === 0xff &&
    (second & 0xe6) === 0xe2 &&
    (second & 0x18) !== 0x08 &&
    third >> 4 !== 0xf &&
    third >> 4 !== 0 &&
    ((third >> 2) & 3) !== 3
  );
}

const ascii = (bytes: Uint8Array, offset: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(offset, offset + length));
