import { extname, join, sep } from "node:path";

// What the page is made of: the files of out/renderer, the same for app:// and http.

export interface PageFile {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".json": "application/json",
  ".map": "application/json",
  ".webmanifest": "application/manifest+json",
  ".wasm": "application/wasm",
  ".mp3": "audio/mpeg",
  ".ogg": "audio/ogg",
  ".txt": "text/plain; charset=utf-8",
};

/**
 * The file for a URL path (percent-encoded, without its query), or null when the page has none of that kind. The path is
 * taken apart by segments and anything odd is refused, so that it cannot lead out of `root`.
 */
export function pageFile(root: string, urlPath: string): PageFile | null {
  const segments = segmentsOf(urlPath === "/" ? "/index.html" : urlPath);
  const name = segments?.at(-1);
  const type = name === undefined ? undefined : types[extname(name)];
  if (segments === null || type === undefined) return null;
  return {
    path: join(root, ...segments),
    headers: { "Content-Type": type, "Cache-Control": cacheOf(segments) },
  };
}

/** Vite puts a hash of the content into the names below `assets`; all others may change under their name. */
function cacheOf(segments: readonly string[]): string {
  if (segments.at(-1)?.endsWith(".html")) return "no-store";
  return segments[0] === "assets" ? "private, max-age=31536000, immutable" : "no-cache";
}

function segmentsOf(urlPath: string): readonly string[] | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return null;
  }
  if (!decoded.startsWith("/")) return null;
  const segments = decoded.slice(1).split("/");
  return segments.every(isOrdinary) ? segments : null;
}

function isOrdinary(segment: string): boolean {
  // Nothing empty, hidden, "." or "..", no separator of any system, no drive, no stream, no control character.
  return /^[A-Za-z0-9_][A-Za-z0-9_.\- ]*$/.test(segment) && !segment.includes(sep) && !segment.endsWith(".");
}
