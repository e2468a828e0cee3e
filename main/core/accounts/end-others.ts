import type { DeviceId, UserId } from "../../../preload/contract/ids.ts";
import { ok, type Result } from "../failure.ts";
import type { Http } from "../homeserver/http.ts";
import type { AuthBody, Interactive } from "../homeserver/interactive.ts";
import { deleteSessions, fetchSessions } from "../homeserver/own-account.ts";

// Why we do not leave it to `logout_devices`: Synapse then removes every refresh token of the person, the one of the
// session that asks among them (see its `user_delete_access_tokens`), and that session is gone an hour later.

/** Ends every session but this one with a password that has just been set. False: the server wants more than that. */
export async function endOthers(
  http: Http,
  own: { readonly userId: UserId; readonly deviceId: DeviceId; readonly password: string },
): Promise<Result<{ readonly isDone: boolean; readonly deviceIds: readonly DeviceId[] }>> {
  const sessions = await fetchSessions(http, own.deviceId);
  if (!sessions.ok) return sessions;
  const deviceIds = sessions.value.filter(({ isCurrent }) => !isCurrent).map(({ deviceId }) => deviceId);
  if (deviceIds.length === 0) return ok({ isDone: true, deviceIds });
  const ask = (auth: AuthBody) => deleteSessions(http, deviceIds, auth, new AbortController().signal);
  const first = await ask(null);
  if (!first.ok) return first;
  const auth = byPassword(first.value, own);
  if (auth === null) return ok({ isDone: first.value.kind === "done", deviceIds });
  const second = await ask(auth);
  return second.ok ? ok({ isDone: second.value.kind === "done", deviceIds }) : second;
}

/** Null where a password alone does not do. */
function byPassword(
  asked: Interactive<unknown>,
  { userId, password }: { readonly userId: UserId; readonly password: string },
): AuthBody {
  if (asked.kind === "done") return null;
  const { flows, session } = asked.challenge;
  if (!flows.some(([stage, ...more]) => stage === "m.login.password" && more.length === 0)) return null;
  const identifier = { type: "m.id.user", user: userId };
  return { type: "m.login.password", identifier, password, ...(session !== null && { session }) };
}
