import type { Sender } from "../../preload/contract/models/timeline.ts";
import { hueOf } from "../ui/colour.ts";

/** The colour of a name in the timeline: everybody has a hue, we ourselves the accent, like the ground of our rows. */
export const nameColour = ({ isOwn, userId }: Sender): string =>
  isOwn ? "var(--accent-text)" : `var(--member-${hueOf(userId)})`;
