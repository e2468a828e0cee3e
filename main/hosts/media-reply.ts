import type { MediaAnswer, MediaFile } from "../core/api.ts";
import type { Failure } from "../core/failure.ts";
import { everyAnswer } from "./page-headers.ts";

/** How to answer a request for media. `body` is null when there is nothing to send; offsets in bytes, both included. */
export interface MediaReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly path: string;
    readonly start: number;
    readonly end: number;
    readonly grows?: NonNullable<MediaFile["grows"]>;
  } | null;
}

/** What a page may show in place. All else (HTML and SVG above all: they can hold script) is only ever saved. */
const shown =
  /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp)|video\/(?:mp4|webm|ogg|quicktime)|audio\/(?:mpeg|mp4|ogg|webm|wav|x-wav|flac|aac))$/;

export interface MediaRequest {
  /** The Range header, or null. */
  readonly range: string | null;
  /** Who may load it: the page's own origin (http), or also others (media:// is another origin than app://). */
  readonly sharedWith: "same-origin" | "cross-origin";
}

/** Pure. A media id never changes its content, so what was answered once may be kept for ever. */
export function mediaReply(answer: MediaAnswer, request: MediaRequest): MediaReply {
  const always = {
    ...everyAnswer,
    // Opened by itself, even a lying file can do nothing: no script, no origin, no plugins.
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": request.sharedWith,
  };
  if (!answer.ok)
    return {
      status: statusOf(answer.failure),
      headers: { ...always, "Cache-Control": "no-store" },
      body: null,
    };
  return fileReply(answer.file, request.range, {
    ...always,
    "Cache-Control": answer.file.isPassing === true ? "no-store" : "private, max-age=31536000, immutable",
    "Accept-Ranges": "bytes",
    ...typeHeaders(answer.file.contentType),
    ...(answer.file.saveAs === undefined
      ? {}
      : { "Content-Disposition": attachmentNamed(answer.file.saveAs) }),
  });
}

/** RFC 6266: the name as UTF-8, and once more in ASCII for whoever reads only that. */
function attachmentNamed(name: string): string {
  const ascii = name.replace(/[^A-Za-z0-9 ._-]/g, "_");
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

function typeHeaders(contentType: string): Readonly<Record<string, string>> {
  return shown.test(contentType.split(";")[0]?.trim().toLowerCase() ?? "")
    ? { "Content-Type": contentType }
    : { "Content-Type": "application/octet-stream", "Content-Disposition": "attachment" };
}

function fileReply(
  file: MediaFile,
  range: string | null,
  headers: Readonly<Record<string, string>>,
): MediaReply {
  const { size } = file;
  const source = file.grows === undefined ? { path: file.path } : { path: file.path, grows: file.grows };
  const part = range === null ? "whole" : parseRange(range, size);
  if (part === "unsatisfiable")
    return { status: 416, headers: { ...headers, "Content-Range": `bytes */${size}` }, body: null };
  if (part === "whole") {
    const body = size === 0 ? null : { ...source, start: 0, end: size - 1 };
    return { status: 200, headers: { ...headers, "Content-Length": String(size) }, body };
  }
  const { start, end } = part;
  const length = {
    "Content-Range": `bytes ${start}-${end}/${size}`,
    "Content-Length": String(end - start + 1),
  };
  return { status: 206, headers: { ...headers, ...length }, body: { ...source, start, end } };
}

/**
 * One range of bytes (RFC 9110, section 14). Several ranges and what we cannot read count as none asked, which the
 * standard allows: the whole file is a right answer.
 */
export function parseRange(
  header: string,
  size: number,
): { readonly start: number; readonly end: number } | "whole" | "unsatisfiable" {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim());
  const [, from = "", to = ""] = match ?? [];
  if (match === null || (from === "" && to === "")) return "whole";
  if (from === "") {
    const length = Math.min(Number(to), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size - 1 };
  }
  const start = Number(from);
  const end = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < start) return "whole";
  return start >= size ? "unsatisfiable" : { start, end };
}

function statusOf(failure: Failure): number {
  switch (failure.kind) {
    case "invalid":
      return 400;
    case "rejected":
      return failure.status === 403 ? 403 : 404;
    case "unauthorized":
      return 403;
    case "limited":
    case "offline":
    case "aborted":
      return 503;
    case "timeout":
      return 504;
    case "unavailable":
    case "malformed":
    case "certificate":
      return 502;
    case "storage":
    case "bug":
      return 500;
  }
}
