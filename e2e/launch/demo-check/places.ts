/** Names of the demo's rooms that the steps use; e2e/homeserver/demo-world.ts makes them. */
export const busyRoom = "Dunlin lovers";
export const quietRoom = "Sunday kitchen";
/** Somebody here answers whatever is written. */
export const answeringRoom = "Hanna";
