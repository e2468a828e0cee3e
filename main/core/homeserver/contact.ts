import { stringOf } from "../event.ts";
import { failed, invalid, ok, type Result } from "../failure.ts";
import type { Platform } from "../platform.ts";
import { classifyAnswer } from "./classify.ts";
import { ask } from "./endpoint.ts";
import { exchange, readText } from "./exchange.ts";
import type { Http } from "./http.ts";

// Proving that an address is one's own: the server sends a mail or a text message, and the user brings back what it holds.

/** Which account the address is to be of: a new one, the one it belongs to already, or the one signed in. */
export type ContactUse = "register" | "account/password" | "account/3pid";

export interface ContactRequest {
  readonly use: ContactUse;
  /** An e-mail address, or a number in international form: `+` and digits. */
  readonly address: string;
  readonly medium: "email" | "msisdn";
  /** ISO 3166 code of the country one dials from; for numbers. */
  readonly country: string;
  /** The same for all messages about one address; at most 255 of `0-9a-zA-Z.=_-`. */
  readonly clientSecret: string;
  /** Another number sends another message; the same one does not (a repeated request). From 1. */
  readonly attempt: number;
}

export interface ContactSession {
  readonly sid: string;
  /** Where a code of the message is to be brought, unchecked; null: the message holds a link. */
  readonly submitUrl: string | null;
}

/** `POST …/email/requestToken` and `…/msisdn/requestToken`. */
export function requestContactToken(http: Http, request: ContactRequest): Promise<Result<ContactSession>> {
  const { use, address, medium, country, clientSecret, attempt } = request;
  const contact = medium === "email" ? { email: address } : { country, phone_number: address };
  return ask(
    http,
    {
      method: "POST",
      path: `/_matrix/client/v3/${use}/${medium}/requestToken`,
      body: { client_secret: clientSecret, ...contact, send_attempt: attempt },
    },
    (answer) => {
      const sid = stringOf(answer, "sid");
      // The specification's grammar; anything else is not sent back.
      if (sid === null || !/^[0-9a-zA-Z.=_-]{1,255}$/.test(sid)) return null;
      return { sid, submitUrl: stringOf(answer, "submit_url") };
    },
  );
}

/** Brings a code to `submit_url`. Never with a token of ours: it may be any server's. */
export async function submitContactCode(
  platform: Pick<Platform, "clock" | "fetch">,
  submitUrl: string,
  proof: { readonly sid: string; readonly clientSecret: string; readonly code: string },
): Promise<Result<void>> {
  const url = URL.canParse(submitUrl) ? new URL(submitUrl) : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    return failed(invalid("no address to submit to"));
  const text = JSON.stringify({ sid: proof.sid, client_secret: proof.clientSecret, token: proof.code });
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  const request = {
    method: "POST",
    url,
    headers,
    body: text,
    timeoutMs: 30_000,
    bodyTimeoutMs: 30_000,
  } as const;
  const answer = await exchange(platform, request, async (incoming): Promise<Result<unknown>> => {
    const body = await readText(incoming, 100_000);
    if (!body.ok) return body;
    const retryAfter = incoming.headers.get("retry-after");
    return classifyAnswer(
      { status: incoming.status, retryAfter, body: parsed(body.value) },
      platform.clock.now(),
    );
  });
  if (!answer.ok) return answer;
  if (!answer.value.ok) return answer.value;
  const { success } = answer.value.value as { readonly success?: unknown };
  return success === false
    ? failed({ kind: "rejected", message: "the code is wrong", errcode: "M_THREEPID_AUTH_FAILED" })
    : ok(undefined);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
