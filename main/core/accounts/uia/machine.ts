import type { Failure } from "../../failure.ts";
import type { AuthBody, Challenge } from "../../homeserver/interactive.ts";
import { isPage, waysOf, type Way } from "./ways.ts";

// One protected request on its way through the stages. Pure: what the server and the user say goes in, what to ask
// next comes out. Secrets (a password, a token) only pass through and are part of no state.

/** A mail or a text message that is to prove an address. */
export interface Sent {
  readonly address: string;
  readonly sid: string;
  readonly clientSecret: string;
  /** Where to bring a code that the message holds; null: the message holds a link. */
  readonly submitUrl: string | null;
  readonly attempt: number;
}

/** The stage somebody stands at. */
export interface Standing {
  readonly challenge: Challenge;
  readonly way: Way & { readonly next: string };
  readonly others: readonly Way[];
  /** The stage by which the user chose this way; null: we did. */
  readonly wanted: string | null;
  readonly failure: Failure | null;
  readonly sent: Sent | null;
  readonly isPageOpened: boolean;
}

export type UiaState =
  /** The request is on its way for the first time; `session` is that of a former attempt, or null. */
  | { readonly at: "asking"; readonly session: string | null }
  | {
      readonly at: "stage";
      readonly standing: Standing;
      /** `looking`: asking by ourselves whether a page is done; nobody waits for it. */
      readonly busy: "no" | "answering" | "looking";
    }
  /** `session` can be taken up by a further attempt. */
  | { readonly at: "ended"; readonly failure: Failure | null; readonly session: string | null };

export type UiaInput =
  | { readonly kind: "challenged"; readonly challenge: Challenge }
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "finished" }
  /** The user's answer to the stage, without type and session. `isBare`: the session alone (UIA-15). */
  | { readonly kind: "answer"; readonly fields: Readonly<Record<string, unknown>>; readonly isBare?: boolean }
  | { readonly kind: "look" }
  | { readonly kind: "chose"; readonly type: string }
  | { readonly kind: "sent"; readonly sent: Sent }
  | { readonly kind: "page-opened" }
  /** Something on the way to an answer failed (a mail could not be sent). */
  | { readonly kind: "failed"; readonly failure: Failure };

export interface Step {
  readonly state: UiaState;
  /** Send the request with this `auth`; absent: nothing. */
  readonly ask?: { readonly auth: AuthBody };
}

/** Refusals of the request's own contents: the stages were accepted, what was typed was not (REG-11). */
const ABOUT_CONTENT = new Set(["M_USER_IN_USE", "M_INVALID_USERNAME", "M_EXCLUSIVE", "M_WEAK_PASSWORD"]);
/** Passing trouble: the stage can be answered again. */
const PASSING = new Set<Failure["kind"]>([
  "offline",
  "timeout",
  "unavailable",
  "limited",
  "malformed",
  "certificate",
]);

/** `session`: of a former attempt at the same thing, or null. */
export function begin(session: string | null): Step {
  return { state: { at: "asking", session }, ask: { auth: session === null ? null : { session } } };
}

export function step(state: UiaState, input: UiaInput): Step {
  if (state.at === "ended") return { state };
  switch (input.kind) {
    case "finished":
      return { state: { at: "ended", failure: null, session: null } };
    case "challenged":
      return challenged(state, input.challenge);
    case "refused":
      return refused(state, input.failure);
    default:
      return state.at === "stage" ? atStage(state, input) : { state };
  }
}

function challenged(state: Exclude<UiaState, { at: "ended" }>, challenge: Challenge): Step {
  const before = state.at === "stage" ? state.standing : null;
  const wanted = before?.wanted ?? null;
  const [way, ...others] = waysOf(challenge, wanted);
  if (way === undefined || way.next === null) return end(noWay(challenge), challenge.session);
  const isSame = before !== null && before.way.next === way.next;
  const isLook = state.at === "stage" && state.busy === "looking";
  const standing: Standing = {
    challenge,
    way: { ...way, next: way.next },
    others: others.filter((one) => one.next !== null && one.next !== way.next),
    wanted: isSame ? wanted : null,
    failure: isLook || !isSame ? null : refusalOf(challenge),
    sent: isSame ? before.sent : null,
    isPageOpened: isSame && before.isPageOpened,
  };
  if (way.next !== "m.login.dummy") return { state: { at: "stage", standing, busy: "no" } };
  // Nothing for a person to do (UIA-12); asked twice for the same nothing, the server will not have it.
  if (isSame) return end(refusalOf(challenge) ?? noWay(challenge), challenge.session);
  return answering(standing, {});
}

function refused(state: Exclude<UiaState, { at: "ended" }>, failure: Failure): Step {
  if (state.at === "asking") {
    const { session } = state;
    const isOver =
      session !== null && failure.kind === "rejected" && !ABOUT_CONTENT.has(failure.errcode ?? "");
    // The server does not know the session of the former attempt any more: from the beginning, once.
    return isOver ? begin(null) : end(failure, session);
  }
  const { standing, busy } = state;
  const { session } = standing.challenge;
  if (PASSING.has(failure.kind) && standing.way.next !== "m.login.dummy")
    // A look that came to nothing is nobody's trouble: the next one follows.
    return {
      state: { ...state, busy: "no", standing: busy === "looking" ? standing : { ...standing, failure } },
    };
  return end(failure, session);
}

type Own = Exclude<UiaInput, { kind: "finished" | "challenged" | "refused" }>;

function atStage(state: Extract<UiaState, { at: "stage" }>, input: Own): Step {
  const { standing, busy } = state;
  switch (input.kind) {
    case "answer":
      if (busy === "answering") return { state };
      return answering({ ...standing, failure: null }, input.fields, input.isBare);
    case "look":
      if (busy !== "no" || !standing.isPageOpened) return { state };
      return { state: { ...state, busy: "looking" }, ask: { auth: sessionOf(standing) } };
    case "chose":
      return chose(state, input.type);
    case "sent":
      return { state: { ...state, standing: { ...standing, sent: input.sent, failure: null } } };
    case "page-opened":
      return { state: { ...state, standing: { ...standing, isPageOpened: true, failure: null } } };
    case "failed":
      return { state: { ...state, standing: { ...standing, failure: input.failure } } };
  }
}

function answering(standing: Standing, fields: Readonly<Record<string, unknown>>, isBare = false): Step {
  const session = sessionOf(standing);
  const auth = isBare ? session : { type: standing.way.next, ...fields, ...session };
  return { state: { at: "stage", standing, busy: "answering" }, ask: { auth } };
}

/** Another way; nothing is asked of the server for it, except where it begins with nothing to do. */
function chose(state: Extract<UiaState, { at: "stage" }>, type: string): Step {
  const { challenge } = state.standing;
  const [way, ...others] = waysOf(challenge, type);
  if (state.busy === "answering" || way?.next !== type) return { state };
  const standing: Standing = {
    challenge,
    way: { ...way, next: type },
    others: others.filter((one) => one.next !== null && one.next !== type),
    wanted: type,
    failure: null,
    sent: null,
    isPageOpened: false,
  };
  return type === "m.login.dummy"
    ? answering(standing, {})
    : { state: { at: "stage", standing, busy: "no" } };
}

/** Only where the server gave one (UIA-03). */
const sessionOf = ({ challenge: { session } }: Standing): Readonly<Record<string, unknown>> =>
  session === null ? {} : { session };

const end = (failure: Failure, session: string | null): Step => ({
  state: { at: "ended", failure, session },
});

function refusalOf({ refusal }: Challenge): Failure | null {
  if (refusal === null) return null;
  const { errcode, serverText } = refusal;
  return {
    kind: "rejected",
    message: `HTTP 401 ${errcode}`,
    status: 401,
    errcode,
    ...(serverText === null ? {} : { serverText }),
  };
}

/** What the server wants cannot be done: no way at all, or all done and still not enough. */
const noWay = (challenge: Challenge): Failure =>
  refusalOf(challenge) ?? { kind: "rejected", message: "no way to authenticate", status: 401 };

/** True where the server must be asked now and then whether its page is done. */
export const isWaitingForPage = (state: UiaState): boolean =>
  state.at === "stage" &&
  state.busy === "no" &&
  state.standing.isPageOpened &&
  isPage(state.standing.way.next);
