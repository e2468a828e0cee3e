import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");

/** Every `file` › title of the checklist; titles run over line ends and may end with a remark in brackets. */
function promises(): { file: string; title: string }[] {
  const text = readFileSync(join(root, "docs", "security.md"), "utf8").split("## Not guarded yet")[0] ?? "";
  return text
    .split(/^- /m)
    .slice(1)
    .map((item) => item.split("\n\n")[0]?.replace(/\s+/g, " ") ?? "")
    .map((item) => /`([^`]+)` › (.+)$/.exec(item))
    .map((match) => ({ file: match?.[1] ?? "", title: (match?.[2] ?? "").replace(/ \(.*$/, "").trim() }));
}

test("the security checklist makes promises at all", () => {
  expect(promises().length).toBeGreaterThan(15);
});

test.each(promises())("$file › $title", ({ file, title }) => {
  expect(existsSync(join(root, file)), `${file} is not there`).toBe(true);
  expect(readFileSync(join(root, file), "utf8")).toContain(`"${title}"`);
});
