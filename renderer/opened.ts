import { openClient } from "./bridge/open-client.ts";
import { AppState } from "./state/app.svelte.ts";
import { localPlaceMemory } from "./state/place-memory.ts";

/**
 * The state of this page. A module of its own, and the first that `main.ts` imports: the questions to the core leave
 * while the browser still reads the screens that will show the answers.
 */
export const app = new AppState(openClient(), localPlaceMemory);
