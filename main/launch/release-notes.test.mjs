import { describe, expect, it } from "vitest";
import { notesOf, releaseNotes } from "./release-notes.mjs";

const changelog = `# Changelog

## Unreleased

- not yet

## 1.10.0 - 2026-12-01

### Added

- calls

## [1.1.0] - 2026-11-01

- rooms

## 1.0.0
`;

describe("the notes of a release", () => {
  it("are what stands under its heading, and nothing of the versions beside it", () => {
    expect(notesOf(changelog, "1.10.0")).toBe("### Added\n\n- calls");
    expect(notesOf(changelog, "1.1.0")).toBe("- rooms");
  });

  it.each(["1.0.0", "1.1", "2.0.0", ""])("are missing for %j", (version) => {
    expect(notesOf(changelog, version)).toBeUndefined();
  });

  it("come with a tag that is the version, or the release ends before it is built", () => {
    const release = { version: "1.1.0", changelog };
    expect(releaseNotes("v1.1.0", release)).toEqual({ notes: "- rooms" });
    expect(releaseNotes("v1.1.1", release)).toEqual({ error: expect.stringContaining("v1.1.0") });
    expect(releaseNotes("v1.0.0", { version: "1.0.0", changelog })).toEqual({
      error: expect.stringContaining("CHANGELOG.md"),
    });
  });
});
