/**
 * The longest draft that is kept, UTF-16 units: a frame of it is far below what the local connection takes. What is
 * longer is put into the tray as a file, which has no such limit.
 */
export const MAX_DRAFT_LENGTH = 1_000_000;
