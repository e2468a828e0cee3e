import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { commonCodes, missingCodes, readFiles, type NamedCodes } from "./error-codes.ts";
import { specificationFolder } from "./specification-files.ts";

// Read as data: renderer/text proves that each code of the list has words.
const list = JSON.parse(
  readFileSync(new URL("../../renderer/text/testing/named-codes.json", import.meta.url), "utf8"),
) as NamedCodes;
const folder = specificationFolder();

test("every code that the specification names is known, where this machine has its files", () => {
  expect(missingCodes(list, folder === undefined ? {} : readFiles(folder))).toEqual([]);
});

test("so are the codes that every endpoint may answer, but for those that end the session", () => {
  const ending = ["M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_UNKNOWN"];
  const named = folder === undefined ? [] : commonCodes(folder);
  expect(named.filter((code) => !list.common.includes(code) && !ending.includes(code))).toEqual([]);
});

test("a code or a file that we do not know is found", () => {
  const files = {
    "joining.yaml": "errcode: M_FORBIDDEN, or M_BRAND_NEW",
    "leaving.yaml": '"errcode": "M_UNKNOWN"',
    "pusher.yaml": "M_BRAND_NEW",
    "new.yaml": "`M_FORBIDDEN`",
  };
  expect(missingCodes(list, files)).toEqual(["joining.yaml: M_BRAND_NEW", "new.yaml: M_FORBIDDEN"]);
});
