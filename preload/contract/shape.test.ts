import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createHash } from "node:crypto";
import ts from "typescript";
import { expect, test } from "vitest";
import { z } from "zod";
import { CONTRACT_VERSION } from "./frames.ts";
import { clientFrameSchema, requestSchemas, topicSchemas } from "./schemas.ts";

// A page that was loaded before an update must notice that it is stale, and it only does when the number changed.
//
// When this fails: raise CONTRACT_VERSION by one, run the test once with `-u` (it writes shapes/<version>.json) and
// delete the file of the version before. Only what crosses the border counts; comments and layout do not.

const here = import.meta.dirname;

test("the shape of the contract is that of its version", async () => {
  const shape = {
    version: CONTRACT_VERSION,
    frames: z.toJSONSchema(clientFrameSchema),
    requests: schemasOf(requestSchemas),
    topics: schemasOf(topicSchemas),
    // What the host sends is not validated, so it has no schema; its types stand for it.
    types: Object.fromEntries(typeFiles().map((file) => [file, fingerprint(file)])),
  };
  const file = join(here, "shapes", `${CONTRACT_VERSION}.json`);
  await expect(`${JSON.stringify(shape, null, 2)}\n`).toMatchFileSnapshot(file);
});

test("there is one shape: that of the version in force", () => {
  expect(readdirSync(join(here, "shapes"))).toEqual([`${CONTRACT_VERSION}.json`]);
});

function schemasOf(schemas: Readonly<Record<string, z.ZodType>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, z.toJSONSchema(schema)]));
}

function typeFiles(): string[] {
  const models = readdirSync(join(here, "models")).map((name) => `models/${name}`);
  return ["frames.ts", "list-change.ts", "requests.ts", "topics.ts", ...models].sort();
}

function fingerprint(file: string): string {
  const source = ts.createSourceFile(file, readFileSync(join(here, file), "utf8"), ts.ScriptTarget.Latest);
  const printed = ts
    .createPrinter({ removeComments: true })
    .printFile(source)
    .replaceAll("\r\n", "\n")
    .replace(/(CONTRACT_VERSION =) \d+/, "$1 n");
  return createHash("sha256").update(printed).digest("hex").slice(0, 16);
}
