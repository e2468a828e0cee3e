import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

// Any web page in the user's browser, and any program on the machine, can reach a port on 127.0.0.1. Who is let in is
// decided here, before anything else looks at a request. Pure.

export interface Gate {
  readonly port: number;
  /** In the first address; what the ready line says. */
  readonly token: string;
  /** What the token is exchanged for. Another value: addresses end up in histories, cookies of this kind do not. */
  readonly cookie: string;
}

export interface Asked {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export type Admission =
  | { readonly kind: "admitted" }
  /** The token was right: set this cookie and go on without the token in the address. */
  | { readonly kind: "exchange"; readonly location: string; readonly setCookie: string }
  | { readonly kind: "refused" };

const refused: Admission = { kind: "refused" };
const admitted: Admission = { kind: "admitted" };

/** `http://127.0.0.1:PORT`: the only origin there is. */
export const originOf = ({ port }: Pick<Gate, "port">): string => `http://127.0.0.1:${port}`;

/** Cookies do not know ports: two instances on one machine need two names. */
const cookieName = ({ port }: Gate): string => `dunlin-${port}`;

/** Whether a plain HTTP request may be answered. */
export function admit(gate: Gate, asked: Asked): Admission {
  // A page of ours cannot send another Host; a name that was re-pointed to 127.0.0.1 (DNS rebinding) can.
  if (asked.headers.host !== `127.0.0.1:${gate.port}`) return refused;
  if (asked.method !== "GET" && asked.headers.origin !== originOf(gate)) return refused;
  const token = tokenIn(asked.url);
  if (token !== null && asked.method === "GET")
    return isSame(token, gate.token) ? exchange(gate, asked.url) : refused;
  return hasCookie(gate, asked.headers.cookie) && isFromUs(asked.headers) ? admitted : refused;
}

/** Whether a WebSocket may be opened. Browsers always send an Origin with it, and no page can lie about it. */
export function admitSocket(gate: Gate, asked: Asked): boolean {
  const { host, origin, cookie } = asked.headers;
  return (
    asked.method === "GET" &&
    host === `127.0.0.1:${gate.port}` &&
    origin === originOf(gate) &&
    hasCookie(gate, cookie)
  );
}

/** Another page on 127.0.0.1 is the same *site*, whatever its port, so its requests carry our cookie. */
function isFromUs(headers: IncomingHttpHeaders): boolean {
  const site = headers["sec-fetch-site"];
  return site === undefined || site === "same-origin" || site === "none";
}

/** The token of a first address, `/?token=…`; it is not looked for anywhere else. */
function tokenIn(url: string): string | null {
  return url.startsWith("/?") ? new URLSearchParams(url.slice(2)).get("token") : null;
}

function exchange(gate: Gate, url: string): Admission {
  const rest = new URLSearchParams(url.slice(2));
  rest.delete("token");
  return {
    kind: "exchange",
    location: rest.size > 0 ? `/?${rest.toString()}` : "/",
    setCookie: `${cookieName(gate)}=${gate.cookie}; Path=/; HttpOnly; SameSite=Strict`,
  };
}

function hasCookie(gate: Gate, header: string | undefined): boolean {
  const prefix = `${cookieName(gate)}=`;
  return (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .some((pair) => pair.startsWith(prefix) && isSame(pair.slice(prefix.length), gate.cookie));
}

/** Takes as long for a near miss as for a far one; hashing makes the lengths alike. */
export function isSame(given: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}
