import type {
  Account,
  SecretsBackend,
  Session,
  SignedOutReason,
} from "../../../preload/contract/models/session.ts";
import { mxcPath } from "../mxc.ts";
import type { StoredSession } from "./stored-session.ts";

/** The `session` topic: what the page may know of the session, which is everything but the tokens. Pure. */
export function sessionTopic(
  session: StoredSession | null,
  reason: SignedOutReason | null,
  secrets: SecretsBackend,
): Session {
  if (session === null) return { state: "signed-out", reason, secrets };
  const account: Account = {
    userId: session.userId,
    deviceId: session.deviceId,
    homeserver: session.homeserver,
    displayName: session.displayName,
    avatar:
      session.avatarMxc === null
        ? null
        : mxcPath(session.avatarMxc, { width: 96, height: 96, method: "crop" }),
  };
  return { state: session.state === "soft" ? "soft-signed-out" : "signed-in", account, secrets };
}
