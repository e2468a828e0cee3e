import type { MxcUri } from "../../../preload/contract/ids.ts";
import { failed, invalid, type Result } from "../failure.ts";
import { partsOf, type Thumbnail } from "../mxc.ts";
import type { Downloaded, DownloadRequest } from "./download.ts";
import type { HomeserverHttp } from "./http.ts";
import { path } from "./path.ts";

/** The family of endpoints a server has for files: with a token since v1.11, without before (ATT-07, ATT-12). */
export type MediaApi = "authenticated" | "legacy";

export interface MediaRequest extends Pick<
  DownloadRequest,
  "maxBytes" | "begin" | "take" | "from" | "signal"
> {
  readonly mxc: MxcUri;
  /** Null for the file itself. */
  readonly thumbnail: Thumbnail | null;
  readonly api: MediaApi;
}

/** `GET /media/download/…` or `/media/thumbnail/…`, from the own homeserver only. */
export async function downloadMedia(
  http: HomeserverHttp,
  request: MediaRequest,
): Promise<Result<Downloaded>> {
  const { mxc, thumbnail, api, maxBytes, begin, take, from, signal } = request;
  const parts = partsOf(mxc);
  const segments = parts && pathOf(parts.server, parts.mediaId, { isThumbnail: thumbnail !== null, api });
  if (segments === null) return failed(invalid("not an mxc address"));
  return http.download({
    path: segments,
    query: {
      ...(thumbnail === null ? {} : { ...thumbnail, animated: api === "authenticated" ? false : undefined }),
      allow_redirect: api === "legacy" ? true : undefined,
    },
    isPublic: api === "legacy",
    maxBytes,
    take,
    from,
    ...(begin === undefined ? {} : { begin }),
    ...(signal === undefined ? {} : { signal }),
  });
}

function pathOf(server: string, id: string, kind: { isThumbnail: boolean; api: MediaApi }): string | null {
  if (kind.api === "legacy")
    return kind.isThumbnail
      ? path`/_matrix/media/v3/thumbnail/${server}/${id}`
      : path`/_matrix/media/v3/download/${server}/${id}`;
  return kind.isThumbnail
    ? path`/_matrix/client/v1/media/thumbnail/${server}/${id}`
    : path`/_matrix/client/v1/media/download/${server}/${id}`;
}
