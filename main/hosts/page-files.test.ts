import { join } from "node:path";
import { expect, test } from "vitest";
import { pageFile } from "./page-files.ts";

test.each([
  ["/", ["index.html"], "text/html; charset=utf-8", "no-store"],
  ["/index.html", ["index.html"], "text/html; charset=utf-8", "no-store"],
  [
    "/assets/index-a1B2.js",
    ["assets", "index-a1B2.js"],
    "text/javascript; charset=utf-8",
    "private, max-age=31536000, immutable",
  ],
  ["/logo.svg", ["logo.svg"], "image/svg+xml", "no-cache"],
])("%s is a file of the page", (url, path, type, cache) => {
  expect(pageFile("/r", url)).toEqual({
    path: join("/r", ...path),
    headers: { "Content-Type": type, "Cache-Control": cache },
  });
});

test.each([
  "/../secrets.json",
  "/..%2fsecrets.json",
  "/%2e%2e/secrets.json",
  "/assets/../../secrets.json",
  "/assets/..%5c..%5csecrets.json",
  "/%252e%252e/secrets.json",
  "//etc/hosts.txt",
  "/.env.txt",
  "/assets/.hidden.js",
  "/c:/secrets.json",
  "/index.html%00.js",
  "/index.html::$DATA.txt",
  "/%ff.js",
  "/assets/",
  "/assets",
  "/main.ts",
  "index.html",
  "",
])("%s is none", (url) => {
  expect(pageFile("/r", url)).toBeNull();
});
