/** Where a room is to be found: an alias or an id, and servers that may know it. */
export interface RoomAddress {
  readonly address: string;
  readonly via: readonly string[];
}

const server = String.raw`[A-Za-z0-9.:[\]-]+`;
const alias = new RegExp(String.raw`^#[^\s:\0]+:${server}$`, "u");
/** Ids of rooms since version 12 have no server in them. */
const id = new RegExp(String.raw`^![^\s:\0]+(?::${server})?$`, "u");

/** What somebody typed or pasted as an address: an alias, an id, a matrix.to link or a matrix: address; else null. */
export function readRoomAddress(typed: string): RoomAddress | null {
  const text = typed.trim();
  if (text.length > 2000) return null;
  const link = /^https:\/\/matrix\.to\/#\/([^/?]+)(?:\/[^?]*)?(?:\?(.*))?$/i.exec(text);
  if (link !== null) return checked(decoded(link[1] ?? ""), link[2]);
  const uri = /^matrix:(r|roomid)\/([^/?]+)(?:\/[^?]*)?(?:\?(.*))?$/i.exec(text);
  if (uri !== null) {
    const sigil = uri[1]?.toLowerCase() === "r" ? "#" : "!";
    return checked(sigil + decoded(uri[2] ?? ""), uri[3]);
  }
  return checked(text, undefined);
}

function checked(address: string, query: string | undefined): RoomAddress | null {
  if (address.length > 255 || !(alias.test(address) || id.test(address))) return null;
  const via = new URLSearchParams(query ?? "")
    .getAll("via")
    .filter((name) => /^[A-Za-z0-9.:[\]-]+$/.test(name));
  return { address, via: via.slice(0, 10) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
