/** 1…12: which of the member hues belongs to an id. The same everywhere, for ever: people recognise each other by it. */
export function hueOf(id: string): number {
  const hash = hashOf(id);
  return (((hash ^ (hash >>> 15)) >>> 0) % 12) + 1;
}

/**
 * 1…12: where the ground of an avatar ends that begins with `hueOf`: a neighbour of it, the same hue or the next but
 * one. Five for each hue, so that two people of one hue still mostly look different.
 */
export function endHueOf(id: string): number {
  const hash = hashOf(id);
  const step = (Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 8) % 5;
  return ((hueOf(id) - 1 + (step - 2) + 12) % 12) + 1;
}

function hashOf(id: string): number {
  let hash = 0x811c9dc5; // FNV-1a
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return hash;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** One or two letters for an avatar without a picture. Of an id (`@ana:example.org`) only the name counts. */
export function initialsOf(name: string): string {
  const words = name
    .replace(/^[@#!+]([^:]*):.*$/, "$1")
    .replace(/^[@#!+]/, "")
    .split(/[\s._-]+/)
    .filter((word) => word !== "");
  const first = words[0];
  const second = words[1];
  if (first === undefined) return "?";
  return firstGrapheme(first) + (second === undefined ? "" : firstGrapheme(second));
}

function firstGrapheme(word: string): string {
  const [grapheme] = segmenter.segment(word);
  return (grapheme?.segment ?? "").toLocaleUpperCase();
}
