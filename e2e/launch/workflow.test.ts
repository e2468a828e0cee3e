import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { root } from "../../main/launch/root.mjs";

interface Job {
  readonly strategy: { readonly matrix: { readonly include: readonly { readonly os: string }[] } };
  readonly steps: readonly { readonly run?: string }[];
}

it("the workflow plays the stories in the real Electron on all three systems, by one switch", () => {
  const text = readFileSync(join(root, ".github", "workflows", "test.yml"), "utf8");
  const { jobs } = parse(text) as { readonly jobs: Readonly<Record<string, Job>> };
  const job = jobs["stories-in-electron"];
  expect(job?.strategy.matrix.include.map(({ os }) => os.split("-")[0])).toEqual([
    "ubuntu",
    "windows",
    "macos",
  ]);
  expect(job?.steps.some(({ run }) => run?.includes("npm run e2e -- --project=electron"))).toBe(true);
  expect(readFileSync(join(root, "e2e", "playwright.config.ts"), "utf8")).toContain('name: "electron"');
});
