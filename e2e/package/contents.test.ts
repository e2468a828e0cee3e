import { describe, expect, it } from "vitest";
import { contentsOf, differences, strangers } from "./contents.ts";

describe("what is in a package", () => {
  it("is named without the hashes of a build, and counted in KiB", () => {
    const files = [
      { path: "out/renderer/assets/Dialog-CID_jBBK.css", bytes: 1025 },
      { path: "out/main/electron.js", bytes: 1024 },
    ];
    expect(contentsOf(files)).toEqual({ "out/main/electron.js": 1, "out/renderer/assets/Dialog-*.css": 2 });
  });

  it("may not gain, lose or blow up a file unseen; a little growth is nobody's business", () => {
    const reviewed = { a: 100, b: 100, c: 100 };
    expect(differences(reviewed, { a: 139, b: 141, d: 1 })).toEqual([
      "b grew from 100 to 141 KiB",
      "d is new (1 KiB)",
      "c is missing",
    ]);
    expect(differences(reviewed, reviewed)).toEqual([]);
  });

  it("is never a source, a test, a map or another system's binary", () => {
    const paths = [
      "out/main/electron.js",
      "out/main/electron.js.map",
      "main/core/core.ts",
      "e2e/x.js",
      "node_modules/better-sqlite3/prebuilds/linux-x64.node",
      "node_modules/better-sqlite3/prebuilds/win32-x64.node",
    ];
    expect(strangers(paths, "linux-x64")).toEqual([paths[1], paths[2], paths[3], paths[5]]);
  });
});
