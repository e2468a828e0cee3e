// Spans of calls, ms, and sizes, in one place.

/** Life of our invites (spec: at least 90 s). */
export const INVITE_LIFETIME_MS = 90_000;
/** Of an invite that names none (VOIP-10). */
export const DEFAULT_LIFETIME_MS = 60_000;
/** Nobody lets a phone ring longer than that, whatever the invite says. */
export const MAX_LIFETIME_MS = 180_000;
/** An invite with less left does not ring: nobody could answer it. */
export const RING_AT_LEAST_MS = 2000;
/** An invite that could not be handed over by then is not sent any more (VOIP-25). */
export const INVITE_SENDABLE_MS = 30_000;
export const SIGNAL_SENDABLE_MS = 60_000;
/** A hangup rings nobody and ends a ghost on the other side: worth more patience. */
export const HANGUP_SENDABLE_MS = 600_000;
export const NEGOTIATE_LIFETIME_MS = 60_000;
/** Candidates gathered within wait for each other (spec: ICE Candidate Batching). */
export const BATCH_AFTER_INVITE_MS = 2000;
export const BATCH_MS = 500;
/** From both having said yes to media: then it has failed. */
export const CONNECT_WITHIN_MS = 30_000;
/** From the last media to the end, with restarts in between. */
export const RECONNECT_WITHIN_MS = 30_000;
/** Interruptions shorter than this heal by themselves; then the impolite side restarts ICE, later the polite one. */
export const RESTART_AFTER_MS = 2000;
export const RESTART_POLITE_AFTER_MS = 6000;
/** How long an ended call can be read. */
export const SHOW_ENDED_MS = 5000;
/** A second invite from the person we are talking to waits so long: a third device may be about to take it back. */
export const SECOND_RING_AFTER_MS = 3000;
/** Ours was hung up for one of theirs (matrix-js-sdk, in glare): that comes within this time. */
export const GIVEN_UP_PATIENCE_MS = 5000;
/** The page may lose its connection to us for a moment without losing its calls. */
export const DRIVER_GRACE_MS = 5000;

/** Calls remembered as over, candidates kept for a description that is not there yet; per room. */
export const MAX_OVER = 100;
export const MAX_EARLY = 300;
export const MAX_FRESH = 20;
/** Ringing at once in one room; nobody has more phones than that, and a flood of invites is no flood of cards. */
export const MAX_RINGING = 4;
/** In one event, so that it stays far below 64 kB. */
export const MAX_CANDIDATES_PER_EVENT = 100;
