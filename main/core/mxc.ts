import { isIPv4, isIPv6 } from "node:net";
import type { MxcUri } from "../../preload/contract/ids.ts";
import { objectOf, stringOf, type JsonObject } from "./event.ts";

// mxc:// addresses and the local paths that stand for them. Both directions are allow-lists: nothing from an event
// gets into an address, a file name or a cache key unless it matches (ATT-07…11). Pure.

export interface Thumbnail {
  /** Pixels, 1…4096. */
  readonly width: number;
  readonly height: number;
  readonly method: "crop" | "scale";
}

const MAX_SIDE = 4096;
const mediaId = /^[A-Za-z0-9_-]{1,255}$/;
const dnsName = /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/;

/** Server name by the grammar of the appendices: DNS name, IPv4 or [IPv6], with or without a port. */
export function isServerName(name: string): boolean {
  if (name.length > 255) return false;
  const match = /^(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]+)(?::(\d{1,5}))?$/.exec(name);
  const [, host = "", port] = match ?? [];
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return false;
  if (host.startsWith("[")) return isIPv6(host.slice(1, -1));
  return dnsName.test(host) && (isIPv4(host) || !/^[\d.]+$/.test(host));
}

/** The value when it is an mxc address in every part, else null. */
export function parseMxc(value: unknown): MxcUri | null {
  if (typeof value !== "string") return null;
  return partsOf(value) === null ? null : (value as MxcUri);
}

/** Server and media id of an mxc address; null for anything else. */
export function partsOf(mxc: string): { readonly server: string; readonly mediaId: string } | null {
  const [, server = "", id = ""] = /^mxc:\/\/([^/]+)\/([^/]+)$/.exec(mxc) ?? [];
  return isServerName(server) && mediaId.test(id) ? { server, mediaId: id } : null;
}

/**
 * The path below the resources base under which the host serves this media: `media/<server>/<id>`, with a query when
 * a thumbnail is meant. Sides are rounded and capped.
 */
export function mxcPath(mxc: MxcUri, thumbnail?: Thumbnail): string {
  const parts = partsOf(mxc);
  if (parts === null) throw new Error("mxcPath: not an mxc address");
  const path = `media/${encodeURIComponent(parts.server)}/${parts.mediaId}`;
  if (thumbnail === undefined) return path;
  const { width, height, method } = thumbnail;
  return `${path}?width=${side(width)}&height=${side(height)}&method=${method}`;
}

/** The inverse of `mxcPath`. Only what `mxcPath` itself would write is accepted. */
export function parseMediaPath(
  path: string,
): { readonly mxc: MxcUri; readonly thumbnail: Thumbnail | null } | null {
  const match =
    /^media\/([^/?#]+)\/([^/?#]+)(?:\?width=(\d{1,4})&height=(\d{1,4})&method=(crop|scale))?$/.exec(path);
  if (match === null) return null;
  const [, server = "", id = "", width, height, method] = match;
  const mxc = parseMxc(`mxc://${decoded(server)}/${id}`);
  if (mxc === null) return null;
  const thumbnail: Thumbnail | null =
    method === "crop" || method === "scale" ? { width: Number(width), height: Number(height), method } : null;
  // One spelling per media: a second one would be a second cache key, or a way around the checks.
  return mxcPath(mxc, thumbnail ?? undefined) === path ? { mxc, thumbnail } : null;
}

const side = (pixels: number): number =>
  Number.isFinite(pixels) ? Math.min(Math.max(Math.round(pixels), 1), MAX_SIDE) : 1;

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return "";
  }
}

/**
 * Every mxc address in an event as far as we read them: `url`, `file.url`, thumbnails (also beside `info`, MSG-10),
 * avatars, pictures inside a formatted body or as a reaction, and the same in the new content of an edit.
 */
export function mxcsIn(event: JsonObject): MxcUri[] {
  const content = objectOf(event, "content");
  return [content, objectOf(content, "m.new_content")].flatMap(mxcsInContent);
}

function mxcsInContent(content: JsonObject): MxcUri[] {
  const info = objectOf(content, "info");
  const candidates = [
    content["url"],
    content["avatar_url"],
    objectOf(content, "file")["url"],
    info["thumbnail_url"],
    content["thumbnail_url"],
    objectOf(info, "thumbnail_file")["url"],
    objectOf(content, "m.relates_to")["key"],
    ...((stringOf(content, "formatted_body") ?? "").match(/mxc:\/\/[^\s"'<>&]+/g) ?? []),
  ];
  return candidates.map(parseMxc).filter((mxc) => mxc !== null);
}
