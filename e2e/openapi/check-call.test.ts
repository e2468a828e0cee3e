import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { CallRecord } from "./call-record.ts";
import { createCheck } from "./check-call.ts";
import { checkedFetch } from "./checked-fetch.ts";
import type { Call } from "./operation.ts";
import { readSpecification } from "./specification-files.ts";

/** A call as the client makes them; `body` is JSON text. */
function aCall(text: string, body?: string, contentType = "application/json"): Call {
  const [method = "", address = ""] = text.split(" ");
  const [path = "", query] = address.split("?");
  return {
    method,
    path,
    query: new URLSearchParams(query),
    contentType: body === undefined ? undefined : contentType,
    body: new TextEncoder().encode(body ?? ""),
  };
}

function problemsOf(call: Call): readonly string[] {
  const record = new CallRecord();
  record.add(call);
  return record.problems.map((problem) => problem.slice(problem.indexOf(": ") + 2));
}

const room = "/_matrix/client/v3/rooms/!a%3Ab.c";

describe("calls that are valid", () => {
  it.each([
    ["GET /_matrix/client/versions"],
    ["GET /_matrix/client/v3/sync?filter=0&timeout=30000&since=s1"],
    [`POST ${room}/leave`, "{}"],
    [`POST ${room}/forget`, "{}"],
    [`POST ${room}/forget`],
    ["POST /_matrix/client/v3/join/%23a%3Ab.c?via=one.example&via=two.example", "{}"],
    [`PUT ${room}/send/m.room.message/t1`, '{"msgtype":"m.text","body":"x","of.our.own":1}'],
    [`PUT ${room}/state/m.room.topic`, '{"topic":"x"}'],
    ["GET /_matrix/client/r0/sync?timeout=0"],
    ["GET /below/a/path/_matrix/client/v3/sync"],
    ["POST /_matrix/client/v3/createRoom", '{"initial_state":[{"type":"m.room.topic","content":{}}]}'],
  ])("%s %s", (text, body?) => {
    expect(problemsOf(aCall(text, body))).toEqual([]);
  });
});

describe("calls that are not", () => {
  it.each([
    ["an endpoint nobody knows", aCall("GET /_matrix/client/v3/who"), "no such endpoint"],
    ["another method", aCall(`PUT ${room}/leave`, "{}"), "only with POST"],
    [
      "a parameter made up",
      aCall("GET /_matrix/client/v3/sync?limit=3"),
      "?limit is not in the specification",
    ],
    ["a parameter left out", aCall(`GET ${room}/messages`), "?dir is missing"],
    ["a value not in the list", aCall(`GET ${room}/messages?dir=back`), "?dir"],
    ["a number that is none", aCall(`GET ${room}/messages?dir=b&limit=many`), "must be integer"],
    ["one value given twice", aCall(`GET ${room}/messages?dir=b&dir=f`), "?dir is given 2 times"],
    ["a body left out", aCall(`POST ${room}/ban`), "the body is missing"],
    ["a key left out", aCall(`POST ${room}/ban`, '{"reason":"x"}'), "user_id"],
    ["a key made up", aCall(`POST ${room}/ban`, '{"user_id":"@a:b.c","because":"x"}'), "because"],
    ["a key of another type", aCall(`POST ${room}/ban`, '{"user_id":7}'), "must be string"],
    ["a user id without its sigil", aCall(`POST ${room}/ban`, '{"user_id":"a:b.c"}'), "must match pattern"],
    [
      "a room id that is none",
      aCall("POST /_matrix/client/v3/rooms/general/leave", "{}"),
      "must match pattern",
    ],
    ["a segment that is empty", aCall(`PUT ${room}/send/m.room.message/`, "{}"), "{txnId} is empty"],
    ["a body that is no JSON", aCall(`POST ${room}/leave`, "reason=x"), "the body is not JSON"],
    ["a body of another kind", aCall(`POST ${room}/leave`, "{}", "text/plain"), "text/plain"],
    ["a body nobody expects", aCall(`POST ${room}/forget`, '{"now":true}'), "no body is expected"],
  ])("%s", (_, call, said) => {
    expect(problemsOf(call).join()).toContain(said);
  });

  it("are said once, however often they were made", () => {
    const record = new CallRecord();
    for (let i = 0; i < 3; i++) record.add(aCall("GET /_matrix/client/v3/who"));
    expect(record.problems.filter((problem) => problem.includes("(ours)"))).toHaveLength(1);
    expect(record.complaint()).toContain("GET /_matrix/client/v3/who");
  });
});

it("goes on to the network with a request, and keeps it on record", async () => {
  const record = new CallRecord();
  const asked: string[] = [];
  const network: typeof fetch = (input) => {
    asked.push(input instanceof Request ? input.url : String(input));
    return Promise.resolve(new Response("{}"));
  };
  const checked = checkedFetch(record, network);
  await checked("http://localhost/_matrix/client/v3/sync?nonsense=1");
  await checked("http://localhost/elsewhere?nonsense=1");
  expect(asked).toHaveLength(2);
  expect([...record.used]).toEqual([["GET /_matrix/client/v3/sync", 1]]);
  expect(record.complaint()).toContain("?nonsense is not in the specification");
});

describe("OpenAPI files", () => {
  let folder = "";
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("are read with what they refer to, in the file and in others", () => {
    folder = mkdtempSync(join(tmpdir(), "dunlin-openapi-"));
    mkdirSync(join(folder, "definitions"));
    writeFileSync(
      join(folder, "tea.yaml"),
      `openapi: 3.1.0
servers:
  - url: "{protocol}://{hostname}{basePath}"
    variables: { basePath: { default: /_matrix/client/v3 } }
paths:
  "/tea/{potId} ":
    put:
      parameters:
        - $ref: "#/components/parameters/potId"
        - { in: query, name: cups, required: true, schema: { type: integer } }
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: definitions/tea.yaml } } }
      responses: { "200": { $ref: ../nowhere.yaml } }
components:
  parameters:
    potId: { in: path, name: potId, required: true, schema: { type: string, pattern: "^pot" } }
`,
    );
    writeFileSync(
      join(folder, "definitions", "tea.yaml"),
      "type: object\nproperties: { kind: { type: string }, like: { $ref: tea.yaml } }\nrequired: [kind]\n",
    );
    const check = createCheck(readSpecification(folder));
    const tea = (pot: string, query: string, body: string) =>
      check(aCall(`PUT /_matrix/client/v3/tea/${pot}${query}`, body)).problems;
    expect(tea("pot1", "?cups=2", '{"kind":"green","like":{"any":1}}')).toEqual([]);
    expect(tea("cup1", "?cups=2", '{"kind":"green"}').join()).toContain("{potId}");
    expect(tea("pot1", "", '{"kind":"green"}')).toEqual(["?cups is missing"]);
    expect(tea("pot1", "?cups=2", "{}").join()).toContain("kind");
    expect(tea("pot1", "?cups=2", '{"kind":"green","sugar":2}')).toEqual([
      "body: sugar is not in the specification",
    ]);
  });
});
