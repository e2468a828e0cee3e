import { describe, expect, test } from "vitest";
import { explainNpmFailure, isInstalled } from "./dependencies.mjs";

const wanted = {
  packages: {
    "": { version: "0.1.0" },
    "node_modules/vite": { version: "8.0.0" },
    "node_modules/@rolldown/darwin": { version: "1.0.0", optional: true },
  },
};

describe("whether node_modules is what the lock file asks for", () => {
  test("not installed at all, or an install cut short", () => {
    expect(isInstalled(wanted, undefined)).toBe(false);
  });

  test("the same versions; packages for other systems may be missing", () => {
    expect(isInstalled(wanted, { packages: { "node_modules/vite": { version: "8.0.0" } } })).toBe(true);
  });

  test("an older version, a missing package, an optional one that is there in another version", () => {
    expect(isInstalled(wanted, { packages: { "node_modules/vite": { version: "7.9.0" } } })).toBe(false);
    expect(isInstalled(wanted, { packages: {} })).toBe(false);
    const other = {
      "node_modules/vite": { version: "8.0.0" },
      "node_modules/@rolldown/darwin": { version: "0.9.0" },
    };
    expect(isInstalled(wanted, { packages: other })).toBe(false);
  });
});

test.each([
  [
    "npm error code ENOTFOUND\nrequest to https://registry.npmjs.org/vite failed",
    /registry could not be reached/,
  ],
  ["npm error network Socket timeout", /registry could not be reached/],
  ["npm error code ENOSPC\nnpm error ENOSPC: no space left on device, write", /disk is full/],
  ["npm error code EACCES\nnpm error syscall mkdir", /may not write/],
  ["npm error code EUSAGE\n`npm ci` can only install packages when …in sync", /does not match package\.json/],
  ["npm error code EINTEGRITY", /does not match package-lock/],
  ["something new", /npm ci failed/],
])("a failed install is explained: %s", (output, sentence) => {
  expect(explainNpmFailure(output)).toMatch(sentence);
});
