import type { MxcUri } from "../../../preload/contract/ids.ts";
import { numberOf, stringOf } from "../event.ts";
import { failed, ok, type Failure, type Result } from "../failure.ts";
import { parseMxc } from "../mxc.ts";
import { ask, withSignal } from "./endpoint.ts";
import type { Http } from "./http.ts";
import type { MediaApi } from "./media.ts";

export interface UploadRequest {
  /** The file, from its beginning; called again where the token had to be renewed. */
  readonly open: () => ReadableStream<Uint8Array>;
  /** Bytes. */
  readonly size: number;
  readonly contentType: string;
  /** Null: the repository need not know. */
  readonly fileName: string | null;
  readonly signal?: AbortSignal;
}

/** A server that takes a file may still write it somewhere before it answers, ms. */
const ANSWER_MS = 120_000;

/** `POST /media/v3/upload`. Fails as `rejected` with M_TOO_LARGE whatever way a server or proxy says so. */
export async function uploadMedia(http: Http, request: UploadRequest): Promise<Result<MxcUri>> {
  const { open, size, contentType, fileName, signal } = request;
  const result = await ask(
    http,
    {
      method: "POST",
      path: "/_matrix/media/v3/upload",
      ...(fileName === null ? {} : { query: { filename: fileName } }),
      file: { open, size, contentType },
      timeoutMs: ANSWER_MS,
      ...withSignal(signal),
    },
    (answer) => parseMxc(stringOf(answer, "content_uri")),
  );
  return result.ok ? ok(result.value) : failed(explained(result.failure));
}

/** What is known to be refused, before it is brought (ATT-05). */
export const tooLargeToUpload: Failure = {
  kind: "rejected",
  message: "file-too-large",
  errcode: "M_TOO_LARGE",
};

/** 413 is often a proxy's, without an errcode; 404 means that there is nothing to upload to (ATT-04, ATT-05). */
function explained(failure: Failure): Failure {
  if (failure.status === 413 || failure.errcode === "M_TOO_LARGE")
    return { ...failure, kind: "rejected", errcode: "M_TOO_LARGE", message: "file-too-large" };
  if (failure.kind === "rejected" && (failure.status === 404 || failure.errcode === "M_UNRECOGNIZED"))
    return { ...failure, message: "no-repository" };
  return failure;
}

/** `GET /media/config`: the most bytes of one upload, or null where the server sets none. */
export function fetchUploadLimit(http: Http, api: MediaApi): Promise<Result<number | null>> {
  const path = api === "legacy" ? "/_matrix/media/v3/config" : "/_matrix/client/v1/media/config";
  return ask(http, { method: "GET", path }, (answer) => {
    const bytes = numberOf(answer, "m.upload.size");
    return { bytes: bytes === null || bytes <= 0 ? null : bytes };
  }).then((result) => (result.ok ? ok(result.value.bytes) : result));
}
