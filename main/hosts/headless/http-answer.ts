import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Core } from "../../core/api.ts";
import { mediaReply, type MediaReply } from "../media-reply.ts";
import { pageFile } from "../page-files.ts";
import { everyAnswer } from "../page-headers.ts";

interface Site {
  readonly core: Pick<Core, "media">;
  readonly rendererDir: string;
  /** First segment of media paths; unguessable, so that a leaked address of one run is worth nothing in the next. */
  readonly resourceToken: string;
  readonly pageHeaders: Readonly<Record<string, string>>;
}

/** Answers a request that was let in. */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  site: Site,
): Promise<void> {
  const url = request.url ?? "/";
  if (request.method !== "GET" && request.method !== "HEAD")
    return answerText(response, 405, "Method not allowed.", { Allow: "GET, HEAD" });
  const mediaPrefix = `/${site.resourceToken}/`;
  if (url.startsWith(mediaPrefix)) {
    const answer = await site.core.media(url.slice(mediaPrefix.length));
    const range = request.headers.range ?? null;
    return send(request, response, mediaReply(answer, { range, sharedWith: "same-origin" }));
  }
  const file = pageFile(site.rendererDir, url.split("?", 1)[0] ?? "/");
  if (file === null) return answerText(response, 404, "Not found.");
  return send(request, response, {
    status: 200,
    headers: { ...site.pageHeaders, ...file.headers },
    body: { path: file.path, start: 0, end: Number.POSITIVE_INFINITY },
  });
}

/** A short answer of ours in plain text. */
export function answerText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    ...everyAnswer,
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    ...headers,
  });
  response.end(text);
}

async function send(request: IncomingMessage, response: ServerResponse, reply: MediaReply): Promise<void> {
  const { status, headers, body } = reply;
  if (body === null || request.method === "HEAD") {
    response.writeHead(status, headers);
    response.end();
    return;
  }
  // Opened before the head is written: a file that is gone by now must not look like an empty one.
  const file = await openFile(body.path);
  if (file === null) return answerText(response, 404, "Not found.");
  response.writeHead(status, headers);
  // The page may go away in the middle (a video that is left); that is not an error of ours.
  await pipeline(file.createReadStream({ start: body.start, end: body.end }), response).catch(
    () => undefined,
  );
}

async function openFile(path: string): Promise<FileHandle | null> {
  try {
    const file = await open(path, "r");
    if ((await file.stat()).isFile()) return file;
    await file.close();
    return null;
  } catch {
    return null;
  }
}
