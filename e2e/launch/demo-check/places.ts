/** Names of the demo's rooms that the steps use; e2e/homeserver/demo-world.ts makes them. */
export const busyRoom = "Wader Watch";
export const quietRoom = "Reading list";
/** Somebody here answers whatever is written. */
export const answeringRoom = "Mira";
