import { zeros, type Patch } from "./patch.ts";
import type { Box } from "./region.ts";

const FREE = Uint8Array.from([0x66, 0x72, 0x65, 0x65]);

/** The box becomes free space of the same size, which every reader skips, and all that was in it is gone. */
export const freed = ({ at, body, end }: Box): readonly Patch[] => [
  { at: at + 4, length: 4, head: FREE, fill: 0 },
  ...(end > body ? [zeros({ at: body, length: end - body })] : []),
];
