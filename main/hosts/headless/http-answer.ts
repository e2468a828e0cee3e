import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Core } from "../../core/api.ts";
import { openBody } from "../file-body.ts";
import { mediaReply, type MediaReply } from "../media-reply.ts";
import { pageFile } from "../page-files.ts";
import { everyAnswer } from "../page-headers.ts";
import { isStagedPath } from "../staged-path.ts";

interface Site {
  readonly core: Pick<Core, "media" | "stage">;
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
  const mediaPrefix = `/${site.resourceToken}/`;
  const isForSending = url.startsWith(mediaPrefix) && isStagedPath(url.slice(mediaPrefix.length));
  if (request.method === "PUT" && isForSending) return takeFile(request, response, site);
  if (request.method !== "GET" && request.method !== "HEAD")
    return answerText(response, 405, "Method not allowed.", { Allow: "GET, HEAD" });
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

/** A file from the page, for sending. Who may ask was decided before (access.ts: cookie, host and origin). */
async function takeFile(request: IncomingMessage, response: ServerResponse, site: Site): Promise<void> {
  const length = Number(request.headers["content-length"] ?? NaN);
  const answer = await site.core.stage({
    path: (request.url ?? "").slice(site.resourceToken.length + 2),
    contentType: request.headers["content-type"] ?? null,
    length: Number.isSafeInteger(length) ? length : null,
    // Not destroyed where the core stops reading: the page waits for its answer on the same socket.
    body: request.iterator({ destroyOnReturn: false }),
  });
  // Refused in the middle: what still comes is read and dropped, or the page would never see the answer.
  request.resume();
  response.writeHead(200, {
    ...everyAnswer,
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
  });
  response.end(JSON.stringify(answer));
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
  const file = await openBody(body);
  if (file === null) return answerText(response, 404, "Not found.");
  response.writeHead(status, headers);
  // The page may go away in the middle (a video that is left); that is not an error of ours.
  await pipeline(file, response).catch(() => undefined);
}
