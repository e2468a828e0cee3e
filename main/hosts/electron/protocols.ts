import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import type { CustomScheme, Protocol } from "electron";
import type { Core, MediaAnswer } from "../../core/api.ts";
import { openBody } from "../file-body.ts";
import { mediaReply } from "../media-reply.ts";
import { pageFile } from "../page-files.ts";
import { everyAnswer, pageHeaders } from "../page-headers.ts";
import { isStagedPath } from "../staged-path.ts";
import { APP_ORIGIN, RESOURCES } from "./origin.ts";

/** Must be registered before the app is ready. Standard: relative paths and origins work; secure: so do camera and crypto. */
export const schemes: CustomScheme[] = [
  { scheme: "app", privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  { scheme: "media", privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
];

/** Answers `app://dunlin/…` from the built page and `media://dunlin/…` from the core. */
export function handleProtocols(
  protocol: Pick<Protocol, "handle">,
  rendererDir: string,
  core: Pick<Core, "media" | "stage">,
): void {
  const headers = pageHeaders({ media: "media:" });
  protocol.handle("app", (request) =>
    /^\/(?:staged|media|save|account)\//.test(new URL(request.url).pathname)
      ? answerOwn(request, core)
      : answerPage(new URL(request.url), rendererDir, headers),
  );
  protocol.handle("media", (request) => answerMedia(request, core));
}

/** Files for the page and from it, of the core there is; none while there is none to be shown. */
export function pageFiles(open: () => Core | null): Pick<Core, "media" | "stage"> {
  const locked = { ok: false, failure: { kind: "aborted", message: "locked" } } as const;
  return {
    media: async (path) => (await open()?.media(path)) ?? locked,
    stage: async (request) => (await open()?.stage(request)) ?? locked,
  };
}

async function answerPage(
  url: URL,
  rendererDir: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const file = url.host === "dunlin" ? pageFile(rendererDir, url.pathname) : null;
  if (file === null) return notFound();
  try {
    return new Response(await readFile(file.path), { headers: { ...headers, ...file.headers } });
  } catch {
    return notFound();
  }
}

/**
 * The same files below the page's own origin, for what it must look into: media:// is another origin, where a picture
 * would taint the canvas it is drawn on, and to which a file for sending could be put by way of CORS only.
 */
async function answerOwn(request: Request, core: Pick<Core, "media" | "stage">): Promise<Response> {
  const base = `${APP_ORIGIN}/`;
  const path = request.url.startsWith(base) ? request.url.slice(base.length) : null;
  const origin = request.headers.get("origin");
  const isOurs = origin === null || origin === APP_ORIGIN;
  if (path === null || !isOurs) return notFound();
  if (request.method !== "PUT") return answerFile(request, await core.media(path), "same-origin");
  if (!isStagedPath(path)) return notFound();
  const length = Number(request.headers.get("content-length") ?? NaN);
  const answer = await core.stage({
    path,
    contentType: request.headers.get("content-type"),
    length: Number.isSafeInteger(length) ? length : null,
    body: (request.body ?? []) as AsyncIterable<Uint8Array>,
  });
  return Response.json(answer, { headers: { ...everyAnswer, "Cache-Control": "no-store" } });
}

async function answerMedia(request: Request, core: Pick<Core, "media">): Promise<Response> {
  if (!request.url.startsWith(RESOURCES)) return notFound();
  // media:// is another origin than app://; nobody but our page can load either.
  return answerFile(request, await core.media(request.url.slice(RESOURCES.length)), "cross-origin");
}

async function answerFile(
  request: Request,
  answer: MediaAnswer,
  sharedWith: "same-origin" | "cross-origin",
): Promise<Response> {
  const { status, headers, body } = mediaReply(answer, { range: request.headers.get("range"), sharedWith });
  if (body === null) return new Response(null, { status, headers });
  // Opened first: a file that is gone by now must not look like an empty one.
  const stream = await openBody(body);
  if (stream === null) return notFound();
  return new Response(Readable.toWeb(stream) as ReadableStream, { status, headers });
}

function notFound(): Response {
  return new Response(null, { status: 404, headers: { ...everyAnswer, "Cache-Control": "no-store" } });
}
