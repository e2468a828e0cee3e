/**
 * The longest draft that is kept, UTF-16 units: a frame of it is far below what the local connection takes. What is
 * longer is put into the tray as a file, which has no such limit.
 */
export const MAX_DRAFT_LENGTH = 1_000_000;

/** As many edits are kept with a draft, the last ones taken up. */
export const MAX_EDITS = 20;

/** As long are they together, UTF-16 units: three events full of words (spec: 65,536 bytes each). */
export const MAX_EDITS_LENGTH = 200_000;
