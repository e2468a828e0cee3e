import type { Call, Operation } from "./operation.ts";
import { readTable } from "./table.ts";

/** What a client does that the specification's OpenAPI files do not describe, each with its reason. */
export interface Outside {
  readonly reason: string;
  readonly operations: readonly Operation[];
}

export const outside: readonly Outside[] = [
  {
    reason:
      "the text of PUT and GET state says that an empty state key may be left out, with its slash (STA-05); OpenAPI has no optional segments",
    operations: readTable([
      ["GET /v3/rooms/{roomId}/state/{eventType}", "format=content|event"],
      ["PUT /v3/rooms/{roomId}/state/{eventType}", "", "*"],
    ]),
  },
  {
    reason:
      "the page of a stage that a client does not know is described in the text (User-Interactive Authentication, Fallback)",
    operations: readTable([
      ["GET /v3/auth/{authType}/fallback/web", "session!"],
      ["POST /v3/auth/{authType}/fallback/web", "session!"],
    ]),
  },
];

/**
 * What `e2e/homeserver` plays for others: the reader of a mail, the address that takes a code (`submit_url`), the
 * authorisation server that `auth_metadata` names. Where these lie is for servers to say, not for the specification.
 */
export const isOfOthers = ({ path }: Pick<Call, "path">): boolean => /^\/(?:_mail|oauth2)\//.test(path);

/**
 * The same request as today's specification names it. Servers from before v1.1 know the endpoints of /v3 below /r0
 * (TRN-04); a homeserver may be reached below a path of its own.
 */
export function asToday(call: Call): Call {
  const start = call.path.search(/\/_matrix\/|\/\.well-known\//);
  const path = start < 0 ? call.path : call.path.slice(start);
  return { ...call, path: path.replace(/^(\/_matrix\/(?:client|media)\/)r0\//, "$1v3/") };
}
