import type { LinkPreview } from "../../../preload/contract/models/link-preview.ts";
import type { JsonObject } from "../event.ts";
import { ok, type Result } from "../failure.ts";
import { mxcPath, parseMxc } from "../mxc.ts";
import { oneLine, plainText } from "../text.ts";
import { ask } from "./endpoint.ts";
import type { Http } from "./http.ts";
import type { MediaApi } from "./media.ts";

/** A server fetches the page before it answers, ms. Few are asked at once, and others wait for the slow ones. */
const TIMEOUT_MS = 10_000;
/** The standard size that serves a picture beside three lines, on a dense screen. */
const PICTURE = { width: 320, height: 240, method: "scale" } as const;

/** `GET /media/preview_url`: what the own homeserver found at a web address; null where that is nothing to show. */
export async function fetchLinkPreview(
  http: Http,
  { url, api }: { readonly url: string; readonly api: MediaApi },
): Promise<Result<LinkPreview | null>> {
  const path = api === "legacy" ? "/_matrix/media/v3/preview_url" : "/_matrix/client/v1/media/preview_url";
  const answer = await ask(http, { method: "GET", path, query: { url }, timeoutMs: TIMEOUT_MS }, (found) => ({
    preview: previewIn(found),
  }));
  return answer.ok ? ok(answer.value.preview) : answer;
}

/** Without a title it is nothing. A picture is one only where the homeserver keeps it (ATT-13). */
function previewIn(found: JsonObject): LinkPreview | null {
  const line = (key: string, most: number): string | null => {
    const text = plainText(found[key], 2000);
    return text === null ? null : oneLine(text, most);
  };
  const title = line("og:title", 200);
  if (title === null) return null;
  const image = parseMxc(found["og:image"]);
  return {
    title,
    description: line("og:description", 300),
    siteName: line("og:site_name", 100),
    image: image === null ? null : mxcPath(image, PICTURE),
  };
}
