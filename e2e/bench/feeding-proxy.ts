import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What an answer has of a room. */
export interface Fed {
  readonly state: readonly object[];
  readonly timeline: readonly object[];
}
/** One answer's, by room. */
export type Portion = ReadonlyMap<string, Fed>;

/** Between app and homeserver: puts more into the answers to /sync than the homeserver knows. */
export interface FeedingProxy {
  readonly url: string;
  /** From now on every /sync brings the next portion, until there are no more. */
  feed(portions: Iterator<Portion>): void;
  close(): void;
}

/** What stands between the homeserver's token and our count of portions. */
const MARK = "~fed";

/**
 * Starts it on a free port. A server would give its history in pages over hours; so the app writes it with everything it
 * does to a sync, as fast as it can.
 */
export async function startFeedingProxy(target: string): Promise<FeedingProxy> {
  let portions: Iterator<Portion> | null = null;
  let fed = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", target);
    const isSync = url.pathname.endsWith("/sync");
    const since = url.searchParams.get("since");
    // Our count is ours alone.
    if (since?.includes(MARK) === true) url.searchParams.set("since", since.slice(0, since.indexOf(MARK)));
    const next = isSync && since !== null ? (portions?.next() ?? null) : null;
    if (next !== null && next.done === true) portions = null;
    const portion = next !== null && next.done !== true ? next.value : null;
    if (portion !== null) url.searchParams.set("timeout", "0");
    passOn(url, request, response, (body) => {
      const parsed = JSON.parse(body.toString("utf8")) as Record<string, unknown>;
      // The same address as before, not the homeserver's own.
      if (url.pathname.endsWith("/login")) delete parsed["well_known"];
      if (portion !== null) {
        add(parsed, portion);
        parsed["next_batch"] = `${String(parsed["next_batch"])}${MARK}${(fed += 1)}`;
      }
      return Buffer.from(JSON.stringify(parsed));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    feed: (iterator) => (portions = iterator),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function add(answer: Record<string, unknown>, portion: Portion): void {
  const rooms = (answer["rooms"] ?? {}) as Record<string, unknown>;
  const join = (rooms["join"] ?? {}) as Record<string, unknown>;
  for (const [roomId, { state, timeline }] of portion)
    join[roomId] = { state: { events: state }, timeline: { events: timeline, limited: false } };
  answer["rooms"] = { ...rooms, join };
}

function passOn(
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  change: (body: Buffer) => Buffer,
): void {
  const { method = "GET", headers } = request;
  const outgoing = httpRequest(url, { method, headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    answer.on("error", () => response.destroy());
    answer.on("end", () => {
      const whole = Buffer.concat(chunks);
      const isJson = answer.headers["content-type"]?.startsWith("application/json") === true;
      const body = isJson && whole.length > 0 ? change(whole) : whole;
      const { "transfer-encoding": _chunked, ...kept } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, { ...kept, "content-length": body.length });
      response.end(body);
    });
  });
  outgoing.on("error", () => response.destroy());
  response.on("close", () => outgoing.destroy());
  request.pipe(outgoing);
}
