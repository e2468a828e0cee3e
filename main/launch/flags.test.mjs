import { describe, expect, test } from "vitest";
import { parseFlags } from "./flags.mjs";

describe("the flags of npm start and npm run demo", () => {
  test("no flags: a window, Electron allowed, nothing else set", () => {
    expect(parseFlags([], "start")).toEqual({ flags: { headlessHost: false, open: true, check: false } });
  });

  test("values come after a space or an equals sign", () => {
    const argv = [
      "--profile-dir",
      "/tmp/my profile",
      "--port=0",
      "--remote-debugging-port",
      "9222",
      "--no-open",
    ];
    expect(parseFlags(argv, "start")).toEqual({
      flags: {
        headlessHost: false,
        open: false,
        check: false,
        profileDir: "/tmp/my profile",
        port: 0,
        remoteDebuggingPort: 9222,
      },
    });
  });

  test("a homeserver may be an address or a name", () => {
    for (const homeserver of [
      "http://127.0.0.1:8008",
      "https://matrix.example.org",
      "example.org",
      "localhost:8448",
    ])
      expect(parseFlags(["--homeserver", homeserver], "start")).toHaveProperty(
        "flags.homeserver",
        homeserver,
      );
  });

  test.each([
    [["--colour", "red"], /unknown flag --colour; the flags are .*--profile-dir/],
    [["profile"], /unknown flag profile/],
    [["--check"], /unknown flag --check/],
    [["--profile-dir"], /--profile-dir needs a value/],
    [["--profile-dir="], /--profile-dir needs a value/],
    [["--profile-dir", "--no-open"], /--profile-dir needs a value/],
    [["--port", "eight"], /--port needs a number from 0 to 65535, not "eight"/],
    [["--port", "65536"], /--port needs a number/],
    [["--remote-debugging-port", "-1"], /--remote-debugging-port needs a number/],
    [["--homeserver", "file:///etc/passwd"], /--homeserver needs an http/],
    [["--no-open=yes"], /--no-open takes no value/],
  ])("%j is refused with a sentence", (argv, sentence) => {
    expect(parseFlags(argv, "start")).toEqual({ error: expect.stringMatching(sentence) });
  });

  test("only the demo checks itself, and it brings its own homeserver", () => {
    expect(parseFlags(["--check"], "demo")).toHaveProperty("flags.check", true);
    expect(parseFlags(["--homeserver", "example.org"], "demo")).toEqual({
      error: "the demo brings its own homeserver",
    });
  });
});
