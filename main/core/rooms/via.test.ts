import { describe, expect, it } from "vitest";
import type { UserId } from "../../../preload/contract/ids.ts";
import { rightsOf } from "./rights.ts";
import { viaServers, type ViaFacts } from "./via.ts";

function via(about: Partial<ViaFacts> & { levels?: Record<string, number> }): readonly string[] {
  const { levels = {}, servers = ["big.org", "mid.org", "small.org", "tiny.org"], acl = null } = about;
  const create = about.rights === undefined ? {} : { room_version: "12" };
  const rights = about.rights ?? rightsOf({ users: levels }, create, null);
  const people = about.people ?? (Object.keys(levels) as UserId[]);
  return viaServers({ servers, people, rights, acl });
}

describe("servers of a link, as the specification recommends", () => {
  it("are the most populous where nobody stands high", () => {
    expect(via({ levels: { "@a:tiny.org": 49 } })).toEqual(["big.org", "mid.org", "small.org"]);
  });
  it("begin with that of whoever stands highest, and name none twice", () => {
    expect(via({ levels: { "@a:tiny.org": 100, "@b:mid.org": 50 } })).toEqual([
      "tiny.org",
      "big.org",
      "mid.org",
    ]);
    expect(via({ levels: { "@a:mid.org": 50 } })).toEqual(["mid.org", "big.org", "small.org"]);
  });
  it("begin with a creator's in rooms whose creators stand above all levels", () => {
    const rights = rightsOf(
      { users: { "@b:big.org": 100 } },
      { room_version: "12" },
      "@c:small.org" as UserId,
    );
    const people = ["@b:big.org", "@c:small.org"] as UserId[];
    expect(via({ rights, people })).toEqual(["small.org", "big.org", "mid.org"]);
  });
  it("are as few as there are", () => {
    expect(via({ servers: ["big.org", "mid.org:8448"] })).toEqual(["big.org", "mid.org:8448"]);
  });
  it("are never bare addresses, nor what is no server name", () => {
    const servers = ["192.0.2.1", "192.0.2.1:8448", "[2001:db8::1]", "no name", "mid.org"];
    expect(via({ servers, levels: { "@a:192.0.2.1": 100 } })).toEqual(["mid.org"]);
  });
  it.each([
    ["denied by name", { allow: ["*"], deny: ["big.org"] }, ["mid.org", "small.org", "tiny.org"]],
    [
      "denied by a pattern, in any case",
      { allow: ["*"], deny: ["*I?.org", "B*G.*"] },
      ["small.org", "tiny.org"],
    ],
    ["not allowed", { allow: ["*.example", "s*l.org"] }, ["small.org"]],
    ["no list of those allowed: nobody is", { deny: [] }, []],
    ["lists that are none", { allow: "big.org", deny: 7 }, []],
    [
      "patterns that would keep a regular expression busy",
      { allow: ["*"], deny: [`${"*i".repeat(5000)}!`] },
      ["big.org", "mid.org", "small.org"],
    ],
  ])("are never shut out by the room: %s", (_situation, acl, expected) => {
    expect(via({ acl })).toEqual(expected);
  });
  it("are told from the port by the room's list", () => {
    const servers = ["big.org:8448", "mid.org"];
    expect(via({ servers, acl: { allow: ["*"], deny: ["big.org"] } })).toEqual(["mid.org"]);
  });
});
