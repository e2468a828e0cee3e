import { ok, type Answer, type Call } from "./call.ts";
import { MatrixError, notFound } from "./matrix-error.ts";
import { route, type Route } from "./router.ts";

const V1 = "/_matrix/client/v1/media";
const V3 = "/_matrix/media/v3";
const AUTHENTICATED = { only: "authenticated-media" } as const;
const LEGACY = { only: "legacy-media", needsToken: false } as const;

/** The content repository: upload, and download with a token or (legacy) without. */
export const mediaRoutes: readonly Route[] = [
  route("POST", `${V3}/upload`, upload),
  route("POST", "/_matrix/media/r0/upload", upload),
  route("GET", `${V1}/config`, config, AUTHENTICATED),
  route("GET", `${V1}/download/:serverName/:mediaId`, download, AUTHENTICATED),
  route("GET", `${V1}/download/:serverName/:mediaId/:fileName`, download, AUTHENTICATED),
  route("GET", `${V1}/thumbnail/:serverName/:mediaId`, thumbnail, AUTHENTICATED),
  route("GET", `${V1}/preview_url`, previewUrl, AUTHENTICATED),
  route("GET", `${V3}/preview_url`, previewUrl, { only: "legacy-media" }),
  route("GET", `${V3}/config`, config, { only: "legacy-media" }),
  route("GET", `${V3}/download/:serverName/:mediaId`, download, LEGACY),
  route("GET", `${V3}/download/:serverName/:mediaId/:fileName`, download, LEGACY),
  route("GET", `${V3}/thumbnail/:serverName/:mediaId`, thumbnail, LEGACY),
];

function upload(call: Call): Answer {
  if (call.bytes.length > call.site.maxUploadBytes) {
    throw new MatrixError(413, "M_TOO_LARGE", "Upload request body is too large");
  }
  const contentType = call.headers["content-type"] ?? "application/octet-stream";
  const fileName = call.query.get("filename") ?? undefined;
  return ok({ content_uri: call.site.state.storeMedia(call.bytes, contentType, fileName) });
}

function config(call: Call): Answer {
  return ok({ "m.upload.size": call.site.maxUploadBytes });
}

/** What a page says of itself. Nothing is fetched: the pages there are, are those a test has put there. */
function previewUrl(call: Call): Answer {
  const url = call.query.get("url");
  if (url === null) throw new MatrixError(400, "M_MISSING_PARAM", "Missing query parameter 'url'");
  const page = call.site.state.pages.get(url);
  if (page === undefined) throw new MatrixError(502, "M_UNKNOWN", "Failed to resolve the address");
  return ok(page);
}

/** Types that may be shown inline (spec: content repository, "Serving inline content"). */
const INLINE =
  /^(text\/(css|plain|csv)|application\/(json|ld\+json)|image\/(jpeg|gif|png|apng|webp|avif)|video\/(mp4|webm|ogg|quicktime)|audio\/.+)$/;

function download(call: Call): Answer {
  const { state } = call.site;
  const isOurs = call.param("serverName") === state.serverName;
  const media = isOurs ? state.media.get(call.param("mediaId")) : undefined;
  if (media === undefined) throw notFound("Not found");
  const essence = media.contentType.split(";")[0]?.trim() ?? "";
  const name = call.params["fileName"] ?? media.fileName;
  const disposition = INLINE.test(essence) ? "inline" : "attachment";
  const headers: Record<string, string> = {
    "content-type": media.contentType,
    "content-disposition":
      name === undefined ? disposition : `${disposition}; filename*=utf-8''${encodeURIComponent(name)}`,
    "cache-control": "public,immutable,max-age=86400,s-maxage=86400",
    "content-security-policy": "sandbox; default-src 'none'; script-src 'none'",
    "cross-origin-resource-policy": "cross-origin",
    "accept-ranges": "bytes",
    etag: `"${call.param("mediaId")}"`,
  };
  // Only where it is still the version that was begun with (RFC 9110, If-Range).
  const isSame = [undefined, headers["etag"]].includes(call.headers["if-range"]);
  return withRange(isSame ? call.headers["range"] : undefined, media.bytes, headers);
}

/** Serves the range asked for (one range; anything else is ignored, as RFC 9110 allows). */
function withRange(range: string | undefined, bytes: Uint8Array, headers: Record<string, string>): Answer {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range ?? "");
  if (match === null || (match[1] === "" && match[2] === "")) return { status: 200, bytes, headers };
  const [, first = "", last = ""] = match;
  const start = first === "" ? Math.max(0, bytes.length - Number(last)) : Number(first);
  const end = first === "" || last === "" ? bytes.length - 1 : Math.min(Number(last), bytes.length - 1);
  if (start > end) {
    const refused = { "content-range": `bytes */${bytes.length}`, "content-type": "text/plain" };
    return { status: 416, bytes: new Uint8Array(), headers: refused };
  }
  const partial = { ...headers, "content-range": `bytes ${start}-${end}/${bytes.length}` };
  return { status: 206, bytes: bytes.subarray(start, end + 1), headers: partial };
}

/** The original stands in for the thumbnail, which the specification allows. */
function thumbnail(call: Call): Answer {
  for (const side of ["width", "height"]) {
    if (!/^\d+$/.test(call.query.get(side) ?? "")) {
      throw new MatrixError(400, "M_MISSING_PARAM", `Missing integer query parameter '${side}'`);
    }
  }
  return download(call);
}
