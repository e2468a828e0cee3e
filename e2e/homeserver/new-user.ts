import { defaultPushRules } from "./push-rules.ts";
import type { ServerState } from "./state.ts";
import type { User } from "./users.ts";

/** Adds a local account; its default push rules are part of its account data from the start. */
export function newUser(state: ServerState, localpart: string, password: string): User {
  const userId = `@${localpart}:${state.serverName}`;
  const user: User = {
    userId,
    localpart,
    password,
    // Synapse gives every new account its localpart as a name.
    displayName: localpart,
    avatarUrl: undefined,
    isDeactivated: false,
    isErased: false,
    contacts: [],
    devices: new Map(),
    accountData: new Map(),
    roomData: new Map(),
    roomDataChangedAt: new Map(),
    forgotten: new Set(),
    filters: [],
    presence: { presence: "offline" },
    presencePosition: 0,
    pushRules: defaultPushRules(userId),
  };
  state.users.set(userId, user);
  state.setAccountData(user, null, "m.push_rules", { global: user.pushRules });
  return user;
}
