const encoder = new TextEncoder();

/** Bytes of `text` as UTF-8: what Matrix counts (SIZE-08). */
export const utf8Bytes = (text: string): number => encoder.encode(text).length;

/** Bytes beyond `max`, 0 when it fits. */
export const bytesOver = (text: string, max: number): number => Math.max(0, utf8Bytes(text) - max);
