import { open, readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import type { CustomScheme, Protocol } from "electron";
import type { Core } from "../../core/api.ts";
import { mediaReply } from "../media-reply.ts";
import { pageFile } from "../page-files.ts";
import { everyAnswer, pageHeaders } from "../page-headers.ts";
import { RESOURCES } from "./origin.ts";

/** Must be registered before the app is ready. Standard: relative paths and origins work; secure: so do camera and crypto. */
export const schemes: CustomScheme[] = [
  { scheme: "app", privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  { scheme: "media", privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
];

/** Answers `app://dunlin/…` from the built page and `media://dunlin/…` from the core. */
export function handleProtocols(
  protocol: Pick<Protocol, "handle">,
  rendererDir: string,
  core: Pick<Core, "media">,
): void {
  const headers = pageHeaders({ media: "media:" });
  protocol.handle("app", (request) => answerPage(new URL(request.url), rendererDir, headers));
  protocol.handle("media", (request) => answerMedia(request, core));
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

async function answerMedia(request: Request, core: Pick<Core, "media">): Promise<Response> {
  if (!request.url.startsWith(RESOURCES)) return notFound();
  const answer = await core.media(request.url.slice(RESOURCES.length));
  // media:// is another origin than app://; nobody but our page can load either.
  const range = request.headers.get("range");
  const { status, headers, body } = mediaReply(answer, { range, sharedWith: "cross-origin" });
  if (body === null) return new Response(null, { status, headers });
  try {
    // Opened first: a file that is gone by now must not look like an empty one.
    const file = await open(body.path, "r");
    const stream = file.createReadStream({ start: body.start, end: body.end });
    return new Response(Readable.toWeb(stream) as ReadableStream, { status, headers });
  } catch {
    return notFound();
  }
}

function notFound(): Response {
  return new Response(null, { status: 404, headers: { ...everyAnswer, "Cache-Control": "no-store" } });
}
