import { buildDemoWorld, startDemoPeople } from "../homeserver/demo-world.ts";
import { startHomeserver } from "../homeserver/index.ts";

/** The demo's homeserver, full of people, and who we are on it. */
export async function openDemoWorld() {
  const hs = await startHomeserver();
  const { userId, password } = await buildDemoWorld(hs);
  const people = startDemoPeople(hs);
  return {
    hs,
    /** What `DUNLIN_SIGN_IN` holds. */
    signIn: { homeserver: hs.baseUrl, user: userId, password },
    async close(): Promise<void> {
      people.stop();
      await hs.stop();
    },
  };
}
