// Going on with a file that broke off (RFC 9110, sections 13.1.5 and 14). Pure: headers in, decisions out. Only what
// proves that both parts are of the same bytes counts; in any doubt the file begins anew.

/** What tells one version of a file from another for certain. */
export interface Validator {
  readonly header: "etag" | "last-modified";
  /** As the server wrote it. */
  readonly value: string;
}

/** The beginning of a file that is here. */
export interface Part {
  /** Bytes; more than none. */
  readonly offset: number;
  readonly validator: Validator;
  /** Of the whole file, bytes; null where nobody said. */
  readonly length: number | null;
}

/** A change within so many ms of the answer may not show in `Last-Modified`, which knows seconds only. */
const SETTLED_MS = 60_000;

/** What an answer of 200 can be gone on with by, or null: then it cannot. */
export function validatorOf(headers: Headers): Validator | null {
  const units = (headers.get("accept-ranges") ?? "").split(",").map((unit) => unit.trim().toLowerCase());
  // Ranges are counted in what is sent: of packed bytes we only have the unpacked.
  if (!units.includes("bytes") || headers.has("content-encoding")) return null;
  const etag = headers.get("etag")?.trim();
  // Weak ones (W/"…") promise the same meaning, not the same bytes. Where there is one, the time is not asked.
  if (etag !== undefined) return strong.test(etag) ? { header: "etag", value: etag } : null;
  const modified = headers.get("last-modified")?.trim() ?? "";
  const age = Date.parse(headers.get("date") ?? "") - Date.parse(modified);
  return httpDate.test(modified) && age >= SETTLED_MS ? { header: "last-modified", value: modified } : null;
}

const strong = /^"[\x21\x23-\x7e]{0,200}"$/;
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Asks for the rest of it, or for all of it where it has changed. */
export const rangeHeaders = ({ offset, validator }: Part): Record<string, string> => ({
  Range: `bytes=${offset}-`,
  "If-Range": validator.value,
});

/**
 * How long the whole file is, where an answer of 206 is all the rest of `part`; null where it is anything else: another
 * stretch, several, another version, or packed.
 */
export function lengthOfRest(headers: Headers, part: Part): number | null {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(headers.get("content-range")?.trim() ?? "");
  if (match === null || headers.has("content-encoding")) return null;
  const [first = NaN, last = NaN, length = NaN] = match.slice(1).map(Number);
  const isRest = first === part.offset && last === length - 1 && first <= last;
  if (!isRest || (part.length !== null && part.length !== length)) return null;
  const said = headers.get("content-length");
  if (said !== null && Number(said) !== length - part.offset) return null;
  return isSameVersion(headers, part.validator) ? length : null;
}

/** An ETag stands in every 206; the time need not, but may not be another. */
function isSameVersion(headers: Headers, { header, value }: Validator): boolean {
  const said = headers.get(header)?.trim();
  return said === value || (said === undefined && header === "last-modified");
}
