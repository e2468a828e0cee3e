import { ok, type Answer, type Call } from "./call.ts";
import { stringOr } from "./json.ts";
import { MatrixError } from "./matrix-error.ts";
import { route, type Route } from "./router.ts";
import type { ServerState } from "./state.ts";

// Mails and text messages this server sends, and the proof that somebody read them.

/** An address that waits to be proven. */
export interface ContactSession {
  sid: string;
  clientSecret: string;
  medium: "email" | "msisdn";
  address: string;
  code: string;
  sendAttempt: number;
  isValidated: boolean;
}

/** What was sent, as its reader sees it. */
export interface SentMessage {
  readonly medium: "email" | "msisdn";
  readonly address: string;
  /** To follow, in a mail. */
  readonly link: string;
  /** To type, in a text message. */
  readonly code: string;
}

/** The session of these credentials, if they belong together. */
export function findContactSession(
  state: ServerState,
  sid: unknown,
  clientSecret: unknown,
): ContactSession | undefined {
  const found = state.contactSessions.get(String(sid));
  return found?.clientSecret === clientSecret ? found : undefined;
}

/** The account an address belongs to. */
export const ownerOf = (state: ServerState, medium: string, address: string) =>
  [...state.users.values()].find(({ contacts }) =>
    contacts.some((contact) => contact.medium === medium && contact.address === address),
  );

type Medium = ContactSession["medium"];

/** `isOfAccount`: the address has to belong to an account already; else it must not. */
function requestToken(medium: Medium, isOfAccount: boolean): (call: Call) => Answer {
  return (call) => {
    const { state } = call.site;
    const body = call.json;
    const typed = stringOr(body[medium === "email" ? "email" : "phone_number"], "");
    const clientSecret = stringOr(body["client_secret"], "");
    const sendAttempt = body["send_attempt"];
    if (!/^[0-9a-zA-Z.=_-]{1,255}$/.test(clientSecret) || typeof sendAttempt !== "number")
      throw new MatrixError(400, "M_INVALID_PARAM", "client_secret or send_attempt is wrong");
    if (medium === "msisdn" && !/^[A-Z]{2}$/.test(stringOr(body["country"], "")))
      throw new MatrixError(400, "M_INVALID_PARAM", "country is wrong");
    if (medium === "email" && !typed.includes("@"))
      throw new MatrixError(400, "M_INVALID_PARAM", "Unable to parse email address");
    const address = medium === "msisdn" ? typed.replace(/^\+/, "") : typed.toLowerCase();
    const owner = ownerOf(state, medium, address);
    if (isOfAccount && owner === undefined)
      throw new MatrixError(400, "M_THREEPID_NOT_FOUND", "Email not found");
    if (!isOfAccount && owner !== undefined)
      throw new MatrixError(400, "M_THREEPID_IN_USE", "Email is already in use");
    return ok(send(call, { clientSecret, medium, address, sendAttempt }));
  };
}

function send(
  call: Call,
  request: Pick<ContactSession, "clientSecret" | "medium" | "address" | "sendAttempt">,
): Record<string, unknown> {
  const { state } = call.site;
  const same = [...state.contactSessions.values()].find(
    (one) => one.clientSecret === request.clientSecret && one.address === request.address,
  );
  const session = same ?? {
    ...request,
    sid: state.ids.next(16),
    code: "",
    isValidated: false,
    sendAttempt: 0,
  };
  state.contactSessions.set(session.sid, session);
  // The same attempt again is the same message.
  if (session.sendAttempt < request.sendAttempt) {
    session.sendAttempt = request.sendAttempt;
    session.code = String(100_000 + state.contactSessions.size);
    const link = `${call.site.baseUrl()}/_mail/${session.sid}/${session.code}`;
    state.messages.push({ medium: session.medium, address: session.address, link, code: session.code });
  }
  const submitUrl = `${call.site.baseUrl()}/_mail/submit`;
  return { sid: session.sid, ...(session.medium === "msisdn" ? { submit_url: submitUrl } : {}) };
}

function followLink(call: Call): Answer {
  const session = call.site.state.contactSessions.get(call.param("sid"));
  if (session?.code !== call.param("code")) throw new MatrixError(404, "M_NOT_FOUND", "No such link");
  session.isValidated = true;
  return ok({});
}

function submitCode(call: Call): Answer {
  const { sid, client_secret: secret, token } = call.json;
  const session = findContactSession(call.site.state, sid, secret);
  if (session === undefined) throw new MatrixError(400, "M_NO_VALID_SESSION", "No such session");
  if (session.code !== token) return ok({ success: false });
  session.isValidated = true;
  return ok({ success: true });
}

const CLIENT = "/_matrix/client/{client}";
const OPEN = { needsToken: false };

/** Asking for messages, and what their readers do. */
export const contactRoutes: readonly Route[] = [
  ...(["email", "msisdn"] as const).flatMap((medium) => [
    route("POST", `${CLIENT}/register/${medium}/requestToken`, requestToken(medium, false), OPEN),
    route("POST", `${CLIENT}/account/password/${medium}/requestToken`, requestToken(medium, true), OPEN),
    route("POST", `${CLIENT}/account/3pid/${medium}/requestToken`, requestToken(medium, false), OPEN),
  ]),
  route("GET", "/_mail/:sid/:code", followLink, OPEN),
  route("POST", "/_mail/submit", submitCode, OPEN),
];
