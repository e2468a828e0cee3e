import { describe, expect, it } from "vitest";
import { signingEnvironment } from "./signing.mjs";

const key = "-----BEGIN PRIVATE KEY-----\nMIGT\n-----END PRIVATE KEY-----\n";
const never = () => {
  throw new Error("nothing is to be written");
};

describe("what packages are signed with", () => {
  it("is nothing where CI has no secrets: an empty name is no file", () => {
    const none = {
      CSC_LINK: "",
      CSC_KEY_PASSWORD: "",
      WIN_CSC_LINK: " ",
      APPLE_API_KEY: "",
      PATH: "/bin",
      EMPTY: "",
    };
    expect(signingEnvironment(none, never)).toEqual({ PATH: "/bin", EMPTY: "" });
  });

  it("is what was given, with Apple's key in a file", () => {
    /** @type {string[]} */
    const written = [];
    const keep = (/** @type {string} */ text) => {
      written.push(text);
      return "/tmp/key.p8";
    };
    const env = { CSC_LINK: "MIIM", CSC_KEY_PASSWORD: "secret", APPLE_API_KEY_ID: "ID" };
    expect(signingEnvironment({ ...env, APPLE_API_KEY: key }, keep)).toEqual({
      ...env,
      APPLE_API_KEY: "/tmp/key.p8",
    });
    expect(written).toEqual([key]);
  });

  it("may name the file of Apple's key itself", () => {
    const env = { APPLE_API_KEY: "/home/me/AuthKey.p8" };
    expect(signingEnvironment(env, never)).toEqual(env);
  });
});
