import { expect, test } from "vitest";
import { lengthOfRest, rangeHeaders, validatorOf, type Part } from "./byte-range.ts";

// What may be gone on with, and what an answer must say to be the rest of it.

const modified = "Wed, 21 Oct 2026 07:28:00 GMT";
const bytes = { "accept-ranges": "bytes" };

test.each<[string, Record<string, string>, ReturnType<typeof validatorOf>]>([
  ["a strong ETag", { ...bytes, etag: '"abc-1"' }, { header: "etag", value: '"abc-1"' }],
  [
    "one among several units",
    { "accept-ranges": "none, Bytes", etag: '"a"' },
    { header: "etag", value: '"a"' },
  ],
  ["a weak ETag", { ...bytes, etag: 'W/"abc"' }, null],
  ["a weak ETag beside a time", { ...bytes, etag: 'W/"a"', "last-modified": modified }, null],
  ["an ETag without quotes", { ...bytes, etag: "abc" }, null],
  ["an ETag of other letters", { ...bytes, etag: '"\u00e4"' }, null],
  ["no word of ranges", { etag: '"abc"' }, null],
  ["no ranges", { "accept-ranges": "none", etag: '"abc"' }, null],
  ["packed bytes", { ...bytes, etag: '"abc"', "content-encoding": "gzip" }, null],
  [
    "a time long past",
    { ...bytes, "last-modified": modified, date: "Wed, 21 Oct 2026 07:29:00 GMT" },
    { header: "last-modified", value: modified },
  ],
  ["a time just past", { ...bytes, "last-modified": modified, date: "Wed, 21 Oct 2026 07:28:59 GMT" }, null],
  ["a time and no now", { ...bytes, "last-modified": modified }, null],
  ["no time", { ...bytes, "last-modified": "2026-10-21", date: "Wed, 21 Oct 2027 07:28:59 GMT" }, null],
  ["nothing to know it by", bytes, null],
])("%s", (_, headers, validator) => {
  expect(validatorOf(new Headers(headers))).toEqual(validator);
});

const part: Part = { offset: 40, validator: { header: "etag", value: '"a"' }, length: 100 };
const byTime: Part = { ...part, validator: { header: "last-modified", value: modified } };
const fits = { "content-range": "bytes 40-99/100", etag: '"a"' };

test("the rest is asked for only of the same version", () => {
  expect(rangeHeaders(part)).toEqual({ Range: "bytes=40-", "If-Range": '"a"' });
  expect(rangeHeaders(byTime)).toEqual({ Range: "bytes=40-", "If-Range": modified });
});

test.each<[string, Part, Record<string, string>, number | null]>([
  ["all the rest", part, { ...fits, "content-length": "60" }, 100],
  ["the rest of what nobody knew the length of", { ...part, length: null }, fits, 100],
  ["the rest, known by its time", byTime, { "content-range": "bytes 40-99/100" }, 100],
  [
    "the rest, saying its time",
    byTime,
    { "content-range": "bytes 40-99/100", "last-modified": modified },
    100,
  ],
  ["no range", part, { etag: '"a"' }, null],
  ["an earlier range", part, { ...fits, "content-range": "bytes 0-99/100" }, null],
  ["a later range", part, { ...fits, "content-range": "bytes 41-99/100" }, null],
  ["not all of it", part, { ...fits, "content-range": "bytes 40-98/100" }, null],
  ["more than there is", part, { ...fits, "content-range": "bytes 40-100/100" }, null],
  ["another length", part, { ...fits, "content-range": "bytes 40-199/200" }, null],
  ["an unknown length", part, { ...fits, "content-range": "bytes 40-99/*" }, null],
  ["another unit", part, { ...fits, "content-range": "lines 40-99/100" }, null],
  ["several ranges", part, { etag: '"a"', "content-type": "multipart/byteranges; boundary=x" }, null],
  ["a body of another length", part, { ...fits, "content-length": "61" }, null],
  ["another version", part, { ...fits, etag: '"b"' }, null],
  ["a weak word on the version", part, { ...fits, etag: 'W/"a"' }, null],
  ["no word on the version", part, { "content-range": "bytes 40-99/100" }, null],
  ["another time", byTime, { ...fits, "last-modified": "Thu, 22 Oct 2026 07:28:00 GMT" }, null],
  ["packed bytes", part, { ...fits, "content-encoding": "gzip" }, null],
])("an answer of 206 with %s", (_, of, headers, length) => {
  expect(lengthOfRest(new Headers(headers), of)).toBe(length);
});
