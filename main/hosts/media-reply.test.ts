import { expect, test } from "vitest";
import type { MediaAnswer } from "../core/api.ts";
import { mediaReply, parseRange } from "./media-reply.ts";

const file = (contentType: string, size = 100): MediaAnswer => ({
  ok: true,
  file: { path: "/media/a", contentType, size },
});
const ask = { range: null, sharedWith: "same-origin" } as const;

test("a picture is shown whole, may be kept for ever, and can do nothing by itself", () => {
  const reply = mediaReply(file("image/png"), ask);
  expect(reply).toMatchObject({ status: 200, body: { path: "/media/a", start: 0, end: 99 } });
  expect(reply.headers).toMatchObject({
    "Content-Type": "image/png",
    "Content-Length": "100",
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
  });
  expect(reply.headers).not.toHaveProperty("Content-Disposition");
});

test.each(["text/html", "image/svg+xml", "application/pdf", "text/xml", "image/png2", ""])(
  "%s is only ever saved, whatever it calls itself",
  (type) => {
    expect(mediaReply(file(type), ask).headers).toMatchObject({
      "Content-Type": "application/octet-stream",
      "Content-Disposition": "attachment",
    });
  },
);

test("a part of a video is answered as a part", () => {
  const reply = mediaReply(file("video/mp4"), { ...ask, range: "bytes=10-19" });
  expect(reply).toMatchObject({ status: 206, body: { start: 10, end: 19 } });
  expect(reply.headers).toMatchObject({ "Content-Range": "bytes 10-19/100", "Content-Length": "10" });
});

test("a part beyond the end is refused with the size", () => {
  const reply = mediaReply(file("video/mp4"), { ...ask, range: "bytes=100-" });
  expect(reply).toMatchObject({ status: 416, body: null, headers: { "Content-Range": "bytes */100" } });
});

test("an empty file has an empty answer", () => {
  expect(mediaReply(file("image/png", 0), ask)).toMatchObject({
    status: 200,
    body: null,
    headers: { "Content-Length": "0" },
  });
});

test.each([
  ["bytes=0-0", { start: 0, end: 0 }],
  ["bytes=90-", { start: 90, end: 99 }],
  ["bytes=-10", { start: 90, end: 99 }],
  ["bytes=-1000", { start: 0, end: 99 }],
  ["bytes=5-1000", { start: 5, end: 99 }],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=100-200", "unsatisfiable"],
  ["bytes=9-3", "whole"],
  ["bytes=0-1,5-6", "whole"],
  ["bytes=-", "whole"],
  ["bytes=a-b", "whole"],
  ["lines=0-1", "whole"],
  ["bytes=99999999999999999999-", "whole"],
])("%s of 100 bytes", (header, part) => {
  expect(parseRange(header, 100)).toEqual(part);
});

test.each([
  ["invalid", undefined, 400],
  ["rejected", 404, 404],
  ["rejected", 403, 403],
  ["offline", undefined, 503],
  ["timeout", undefined, 504],
  ["malformed", undefined, 502],
  ["storage", undefined, 500],
] as const)("a failure of kind %s (%s) is status %i and is not kept", (kind, status, expected) => {
  const failure = { kind, message: "x", ...(status === undefined ? {} : { status }) };
  const reply = mediaReply({ ok: false, failure }, ask);
  expect(reply).toMatchObject({ status: expected, body: null, headers: { "Cache-Control": "no-store" } });
});

test("a download has its name in every spelling, and a staged file is nobody's to keep", () => {
  const answer: MediaAnswer = {
    ok: true,
    file: { path: "/a", contentType: "image/png", size: 1, saveAs: 'Über\'s "x".png', isPassing: true },
  };
  expect(mediaReply(answer, ask).headers).toMatchObject({
    "Content-Disposition": `attachment; filename="_ber_s _x_.png"; filename*=UTF-8''%C3%9Cber%27s%20%22x%22.png`,
    "Cache-Control": "no-store",
  });
});
