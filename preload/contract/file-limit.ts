/**
 * The most bytes of one file that is sent or fetched: no server takes more, and nobody's disk is to be filled by a slip of
 * the hand, ours or a sender's.
 */
export const MAX_FILE_BYTES = 4 * 1024 ** 3;
