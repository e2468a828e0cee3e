import { expect, test } from "vitest";
import { negotiate } from "./versions.ts";

const of = (versions: string[], unstable: string[] = []) =>
  negotiate({ versions, unstable: new Set(unstable) });

test.each([
  [["v1.11"], { clientApi: "v3", mediaApi: "authenticated" }],
  [["v1.10", "v1.12"], { clientApi: "v3", mediaApi: "authenticated" }],
  [["v1.1"], { clientApi: "v3", mediaApi: "legacy" }],
  [["v1.9", "r0.6.1"], { clientApi: "v3", mediaApi: "legacy" }],
  [["r0.6.1"], { clientApi: "r0", mediaApi: "legacy" }],
  [["r0.6.0", "r0.2.0"], { clientApi: "r0", mediaApi: "legacy" }],
  [["v1.99"], { clientApi: "v3", mediaApi: "authenticated" }],
  [["v1.110"], { clientApi: "v3", mediaApi: "authenticated" }],
])("a server that speaks %j", (versions, expected) => expect(of(versions)).toEqual(expected));

test("an unstable flag is as good as the version", () => {
  expect(of(["v1.7"], ["org.matrix.msc3916.stable"])?.mediaApi).toBe("authenticated");
});

test.each([
  [[]],
  [["r0.5.0"]],
  [["r0.1.0", "r0.2.0"]],
  [["v2.0"]],
  [["1.11"]],
  [["v1.11beta"]],
  [["dunlin"]],
])("%j is nothing we speak", (versions) => expect(of(versions)).toBeNull());
