import type { Answer, Call } from "./call.ts";
import { findContactSession } from "./contacts.ts";
import { isObject, objectOr, stringOr, type JsonObject } from "./json.ts";
import { MatrixError } from "./matrix-error.ts";
import { route, type Route } from "./router.ts";
import type { User } from "./users.ts";

// User-Interactive Authentication, as the test says it should be.

/** What is protected; each has flows of its own. */
/** `password-reset`: a new password without a session. */
export type Protection = "register" | "password" | "password-reset" | "devices" | "3pid" | "deactivate";

/** The stages of this server. */
export interface Stages {
  /** Ways through, each a list of stage types in order. */
  flows: Record<Protection, string[][]>;
  /** By stage type; given along with every challenge. */
  params: JsonObject;
  /** What `m.login.registration_token` accepts. */
  registrationTokens: string[];
  /** Leave the session out, as servers may for a single stage. */
  omitSession: boolean;
}

/** One attempt at something protected. */
export interface UiaSession {
  id: string;
  of: Protection;
  completed: string[];
}

/** What a server without opinions wants. */
export const defaultStages = (): Stages => ({
  flows: {
    register: [["m.login.dummy"]],
    password: [["m.login.password"]],
    "password-reset": [["m.login.email.identity"]],
    devices: [["m.login.password"]],
    "3pid": [["m.login.password"]],
    deactivate: [["m.login.password"]],
  },
  params: {},
  registrationTokens: [],
  omitSession: false,
});

/** The 401 to answer with while stages are left, or null: go on. `user` is whose password counts. */
export function missingStages(call: Call, of: Protection, user: User | null): Answer | null {
  const { site } = call;
  const auth = call.optionalJson["auth"];
  const session = sessionFor(call, of, auth);
  const refusal = isObject(auth) && auth["type"] !== undefined ? attempt(call, session, auth, user) : {};
  const flows = site.stages.flows[of];
  if (flows.some((stages) => stages.every((type) => session.completed.includes(type)))) return null;
  return {
    status: 401,
    json: {
      ...refusal,
      flows: flows.map((stages) => ({ stages })),
      params: site.stages.params,
      completed: session.completed,
      ...(site.stages.omitSession ? {} : { session: session.id }),
    },
  };
}

/** The attempt is over: what was done for it counts no more. */
export function endAttempt(call: Call): void {
  const auth = call.optionalJson["auth"];
  if (isObject(auth)) call.site.state.uiaSessions.delete(stringOr(auth["session"], ""));
}

function sessionFor(call: Call, of: Protection, auth: unknown): UiaSession {
  const { state } = call.site;
  const id = isObject(auth) ? stringOr(auth["session"], "") : "";
  const known = state.uiaSessions.get(id);
  if (known?.of === of) return known;
  if (id !== "") throw new MatrixError(400, "M_UNKNOWN", `Unknown session ID: ${id}`);
  const session = { id: state.ids.next(24), of, completed: [] };
  state.uiaSessions.set(session.id, session);
  return session;
}

/** Judges one answer; what it brings for the body of a 401. */
function attempt(call: Call, session: UiaSession, auth: JsonObject, user: User | null): JsonObject {
  const type = String(auth["type"]);
  const problem = judge(call, type, auth, user);
  if (problem !== null) return problem;
  if (!session.completed.includes(type)) session.completed.push(type);
  return {};
}

function judge(call: Call, type: string, auth: JsonObject, user: User | null): JsonObject | null {
  const { state, stages } = call.site;
  switch (type) {
    case "m.login.dummy":
    case "m.login.terms":
      return null;
    case "m.login.password":
      return isPasswordOf(call, auth, user) ? null : { errcode: "M_FORBIDDEN", error: "Invalid password" };
    case "m.login.registration_token":
      return stages.registrationTokens.includes(String(auth["token"]))
        ? null
        : { errcode: "M_UNAUTHORIZED", error: "Invalid registration token" };
    case "m.login.email.identity":
    case "m.login.msisdn": {
      const creds = objectOr(auth["threepid_creds"]);
      const found = findContactSession(state, creds["sid"], creds["client_secret"]);
      return found?.isValidated === true && found.medium === (type === "m.login.msisdn" ? "msisdn" : "email")
        ? null
        : { errcode: "M_UNAUTHORIZED", error: "Unable to get validated threepid" };
    }
    default:
      return { errcode: "M_UNRECOGNIZED", error: `No stage ${type} here` };
  }
}

function isPasswordOf(call: Call, auth: JsonObject, user: User | null): boolean {
  const identifier = objectOr(auth["identifier"]);
  const named = stringOr(identifier["user"], "");
  const userId = named.startsWith("@") ? named : `@${named}:${call.site.state.serverName}`;
  return (
    user !== null &&
    identifier["type"] === "m.id.user" &&
    userId === user.userId &&
    auth["password"] === user.password
  );
}

/** The page for a stage no client has to know; sending its form completes the stage. */
function fallbackPage(call: Call): Answer {
  const session = pageSession(call);
  const html = `<!doctype html><title>${call.param("type")}</title><form method="post"><button>I am no robot</button></form>`;
  return page(session === undefined ? "<!doctype html><title>No such session</title>" : html);
}

function completeOnPage(call: Call): Answer {
  const session = pageSession(call);
  const type = call.param("type");
  if (session !== undefined && !session.completed.includes(type)) session.completed.push(type);
  return page("<!doctype html><title>Done</title><p>Done. Go back to the app.</p>");
}

const pageSession = (call: Call): UiaSession | undefined =>
  call.site.state.uiaSessions.get(call.query.get("session") ?? "");

const page = (html: string): Answer => ({
  status: 200,
  bytes: Buffer.from(html),
  headers: { "Content-Type": "text/html; charset=utf-8" },
});

const FALLBACK = "/_matrix/client/{client}/auth/:type/fallback/web";

/** The pages of stages. */
export const uiaRoutes: readonly Route[] = [
  route("GET", FALLBACK, fallbackPage, { needsToken: false }),
  route("POST", FALLBACK, completeOnPage, { needsToken: false }),
];
