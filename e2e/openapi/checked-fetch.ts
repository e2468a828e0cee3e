import type { CallRecord } from "./call-record.ts";

/** `network`, with every request to a homeserver put on record first. */
export function checkedFetch(record: CallRecord, network: typeof fetch): typeof fetch {
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const isMatrix = /\/_matrix\/(client|media)\/|\/\.well-known\/matrix\//.test(url.pathname);
    if (isMatrix)
      record.add({
        method: init?.method ?? "GET",
        path: url.pathname,
        query: url.searchParams,
        contentType: new Headers(init?.headers).get("content-type") ?? undefined,
        body: bytesOf(init?.body),
      });
    return network(input, init);
  };
}

/** Files come as streams and are not looked into. */
function bytesOf(body: unknown): Uint8Array {
  if (typeof body === "string") return new TextEncoder().encode(body);
  return body instanceof Uint8Array ? body : new Uint8Array();
}
