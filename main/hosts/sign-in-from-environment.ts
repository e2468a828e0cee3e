import type { Params } from "../../preload/contract/frames.ts";
import { requestSchemas } from "../../preload/contract/schemas.ts";
import type { Core } from "../core/api.ts";
import { toFailure } from "../core/failure.ts";

/** `null`: nothing was asked; "unreadable": it is not the JSON we expect. */
export type SignInOrder = Params<"signIn"> | "unreadable" | null;

/**
 * Takes the sign-in of a demo or a test out of `DUNLIN_SIGN_IN` (JSON: homeserver, user, password). It is removed from
 * `env` before anything else runs: child processes and crash reports copy the environment.
 */
export function takeSignIn(env: Record<string, string | undefined>): SignInOrder {
  const text = env["DUNLIN_SIGN_IN"];
  delete env["DUNLIN_SIGN_IN"];
  if (text === undefined || text === "") return null;
  try {
    return requestSchemas.signIn.parse(JSON.parse(text));
  } catch {
    return "unreadable"; // the error would quote the text, and the text holds a password
  }
}

/**
 * Signs in once, and only into a profile that never had a session: someone who signed out meant it.
 * Returns a sentence when it did not work.
 */
export async function signInOnce(core: Core, order: SignInOrder): Promise<string | null> {
  if (order === null) return null;
  if (order === "unreadable")
    return "DUNLIN_SIGN_IN is not JSON with homeserver, user and password; nobody was signed in.";
  const open = core.topics.session(null, () => undefined);
  open.stop();
  if (open.snapshot.state !== "signed-out" || open.snapshot.reason !== null) return null;
  try {
    await core.handlers.signIn(order);
    return null;
  } catch (error) {
    const { kind, errcode, message } = toFailure(error);
    return `The sign-in that DUNLIN_SIGN_IN asks for did not work (${errcode ?? kind}: ${message}).`;
  }
}
