// Addresses of people, rooms and events: matrix: (spec, URIs) and https://matrix.to (spec, matrix.to navigation), both
// forms in full. What does not name something exactly is no such address. Pure.

export interface MatrixTarget {
  /** `@user:server`, `!room` or `#alias:server`. */
  readonly id: string;
  /** `$event` of that room, or null. */
  readonly eventId: string | null;
  /** Servers that may know the room, at most 10. */
  readonly via: readonly string[];
}

const MAX_LINK = 2048;
const MAX_ID = 255;
const userId = /^@[\x21-\x39\x3b-\x7e]*:[\w.:[\]-]+$/;
const alias = /^#[^\s:\u0000-\u001f]+:[\w.:[\]-]+$/;
// Rooms of version 12 have no server in their id.
const roomId = /^![^\s/?#\u0000-\u001f]+$/;
const eventId = /^\$[^\s?#\u0000-\u001f]+$/;
const server = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i;

/** What the address names, or null when it is not of this kind. */
export function parseMatrixLink(href: string): MatrixTarget | null {
  if (href.length > MAX_LINK) return null;
  if (/^matrix:/i.test(href)) return fromUri(href.slice("matrix:".length));
  const permalink = /^https:\/\/matrix\.to\/#\/(.*)$/is.exec(href)?.[1];
  return permalink === undefined ? null : fromPermalink(permalink);
}

/** The address by which everybody can find it. */
export function matrixLink({ id, eventId: event, via }: MatrixTarget): string {
  const path = event === null ? encode(id) : `${encode(id)}/${encode(event)}`;
  const query = via.map((one) => `via=${encodeURIComponent(one)}`).join("&");
  return `https://matrix.to/#/${path}${query === "" ? "" : `?${query}`}`;
}

/** The same as a `matrix:` address, which a client on this machine opens; null for what it cannot name. */
export function matrixUri({ id, eventId: event, via }: MatrixTarget): string | null {
  const type = { "@": "u", "#": "r", "!": "roomid" }[id.charAt(0)];
  if (type === undefined) return null;
  const part = (one: string): string => encode(one).replace(/[@#!$]/g, (sigil) => encodeURIComponent(sigil));
  const path = `${type}/${part(id.slice(1))}${event === null ? "" : `/e/${part(event.slice(1))}`}`;
  const query = via.map((one) => `via=${encodeURIComponent(one)}`).join("&");
  return `matrix:${path}${query === "" ? "" : `?${query}`}`;
}

// Sigils and the colon may stand as they are; other clients expect to read them.
const encode = (id: string): string =>
  encodeURIComponent(id)
    .replace(/%40/g, "@")
    .replace(/%23/g, "#")
    .replace(/%21/g, "!")
    .replace(/%24/g, "$")
    .replace(/%3A/gi, ":");

function fromPermalink(rest: string): MatrixTarget | null {
  const [path = "", query = ""] = split(rest, "?");
  const [first = "", second, ...more] = path.split("/").map(decoded);
  if (more.length > 0 && more.some((one) => one !== "")) return null;
  return target(first, second === undefined || second === "" ? null : second, query);
}

/** `u/user:server`, `r/alias:server`, `roomid/id`, the latter two with `/e/event` (RFC-like form of MSC2312). */
function fromUri(rest: string): MatrixTarget | null {
  const [withQuery = ""] = split(rest, "#");
  const [path = "", query = ""] = split(withQuery, "?");
  // An authority part is reserved: nobody knows what it means (spec).
  if (path.startsWith("//")) return null;
  const [type = "", name = "", eventType, event, ...more] = path.split("/").map(decoded);
  const sigil = { u: "@", user: "@", r: "#", room: "#", roomid: "!" }[type];
  if (sigil === undefined || name === "" || more.length > 0) return null;
  if (eventType === undefined) return target(sigil + name, null, query);
  if ((eventType !== "e" && eventType !== "event") || event === undefined || event === "") return null;
  return target(sigil + name, `$${event}`, query);
}

function target(id: string, event: string | null, query: string): MatrixTarget | null {
  const isRoom = roomId.test(id) || alias.test(id);
  if (id.length > MAX_ID || !(isRoom || userId.test(id))) return null;
  if (event !== null && (!isRoom || event.length > MAX_ID || !eventId.test(event))) return null;
  const via = query
    .split("&")
    .map((part) => split(part, "=").map((half) => decoded(half ?? "")))
    .flatMap(([name, value = ""]) =>
      name === "via" && value.length <= MAX_ID && server.test(value) ? [value] : [],
    )
    .slice(0, 10);
  return { id, eventId: event, via: isRoom ? via : [] };
}

function split(text: string, at: string): [string, string?] {
  const index = text.indexOf(at);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

/** Broken escapes name nothing: no identifier holds a control character. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "\u0000";
  }
}
