import { expect, test } from "vitest";
import { claimLinks, placeIn, placeOf } from "./links.ts";

test.each([
  ["matrix:u/ana:example.org", "https://matrix.to/#/@ana:example.org"],
  ["matrix:r/pier:example.org?via=a.org", "https://matrix.to/#/#pier:example.org?via=a.org"],
  ["matrix:roomid/abc:example.org/e/xyz", "https://matrix.to/#/!abc:example.org/$xyz"],
  ["dunlin://r/pier:example.org", "https://matrix.to/#/#pier:example.org"],
  ["dunlin:u/ana:example.org", "https://matrix.to/#/@ana:example.org"],
])("%s is a place", (address, place) => expect(placeOf(address)).toBe(place));

test.each([
  "",
  "--profile-dir",
  "https://matrix.to/#/@ana:example.org", // no scheme of ours: the system would not hand it to us
  "matrix://u/ana:example.org",
  "dunlin:///etc/passwd",
  "dunlin://file:///etc/passwd",
  "dunlin://u/ana",
  "matrix:u/ana:example.org/e/x",
  "matrix:r/%00:example.org",
  `matrix:r/${"x".repeat(3000)}:example.org`,
  "javascript:alert(1)",
])("%j is none", (address) => expect(placeOf(address)).toBeNull());

test("of a command line the last address counts, whatever stands around it", () => {
  expect(placeIn(["dunlin", "--flag", "matrix:u/a:x.org", "dunlin://u/b:x.org", "--type=x"])).toBe(
    "https://matrix.to/#/@b:x.org",
  );
  expect(placeIn(["dunlin", "--proxy-server=evil"])).toBeNull();
});

test.each([
  ["nobody has matrix:", "", ["dunlin", "matrix"]],
  ["another client has matrix:", "Element", ["dunlin"]],
])("where %s", async (_who, name, claimed) => {
  const asked: string[] = [];
  const claim = (isPackaged: boolean, platform: NodeJS.Platform) =>
    claimLinks({
      app: {
        isPackaged,
        setAsDefaultProtocolClient: (scheme: string) => asked.push(scheme) > 0,
        getApplicationNameForProtocol: () => name,
        isDefaultProtocolClient: () => false,
      },
      platform,
      env: { HOME: "/nowhere" },
    });
  await claim(false, "linux");
  expect(asked).toEqual([]);
  for (const platform of ["linux", "win32", "darwin"] as const) {
    await claim(true, platform);
    expect(asked.splice(0)).toEqual(claimed);
  }
});
