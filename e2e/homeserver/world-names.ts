import type { Room } from "./room.ts";
import type { ServerState } from "./state.ts";
import type { User } from "./users.ts";
import type { TestUser, World } from "./world-api.ts";

/** Some of the world's functions. */
export type Verbs<K extends keyof World> = Pick<World, K>;

/** Full id of a user named by localpart or id. */
export function idOf(state: ServerState, user: string): string {
  return user.startsWith("@") ? user : `@${user}:${state.serverName}`;
}

/** The local account; throws when there is none, since the test is wrong then. */
export function userOf(state: ServerState, name: string): User {
  const user = state.users.get(idOf(state, name));
  if (user === undefined) throw new Error(`No user ${name} in this world`);
  return user;
}

/** The room; throws when there is none. */
export function roomOf(state: ServerState, roomId: string): Room {
  const room = state.rooms.get(roomId);
  if (room === undefined) throw new Error(`No room ${roomId} in this world`);
  return room;
}

/** The account as tests see it: what can change is read when asked. */
export function testUser(user: User): TestUser {
  return {
    userId: user.userId,
    localpart: user.localpart,
    get password() {
      return user.password;
    },
    get isDeactivated() {
      return user.isDeactivated;
    },
    get isErased() {
      return user.isErased;
    },
    get contacts() {
      return user.contacts;
    },
    get displayName() {
      return user.displayName;
    },
    get avatarUrl() {
      return user.avatarUrl;
    },
    get deviceIds() {
      return [...user.devices.keys()];
    },
  };
}
