import type { Place } from "../../../preload/contract/models/timeline.ts";
import { objectOf, stringOf, type JsonObject } from "../event.ts";

// geo: addresses (RFC 5870), strictly: what is not a point on Earth is none (MSG-15). Pure.

const number = String.raw`-?\d{1,3}(?:\.\d{1,15})?`;
const pattern = new RegExp(
  String.raw`^geo:(${number}),(${number})(?:,-?\d{1,9}(?:\.\d{1,15})?)?((?:;[A-Za-z0-9-]{1,40}(?:=[^;\s]{0,200})?)*)$`,
  "i",
);

/** The point of a geo: address, or null. An altitude is read over; another coordinate system is not ours to read. */
export function parseGeo(uri: string | null): Place | null {
  const match = uri === null || uri.length > 500 ? null : pattern.exec(uri);
  if (match === null) return null;
  const [, first = "", second = "", rest = ""] = match;
  const parameters = new Map(
    rest
      .split(";")
      .filter((one) => one !== "")
      .map((one) => {
        const [name = "", value = ""] = one.split("=", 2);
        return [name.toLowerCase(), value] as const;
      }),
  );
  const crs = parameters.get("crs");
  if (crs !== undefined && crs.toLowerCase() !== "wgs84") return null;
  const latitude = Number(first);
  const longitude = Number(second);
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  const radius = parameters.get("u");
  const uncertainty = radius !== undefined && /^\d{1,9}(?:\.\d+)?$/.test(radius) ? Number(radius) : null;
  return { latitude, longitude, uncertainty };
}

/** Where a location message points: its `geo_uri`, or that of its extensible form (MSC3488, stable and unstable). */
export function placeIn(content: JsonObject): Place | null {
  return (
    parseGeo(stringOf(content, "geo_uri")) ??
    parseGeo(stringOf(objectOf(content, "m.location"), "uri")) ??
    parseGeo(stringOf(objectOf(content, "org.matrix.msc3488.location"), "uri"))
  );
}
