// Two Synapses that federate with each other on this machine, over TLS as ever, and with nobody else.
import { makeCertificate } from "./certificate.ts";
import { findEngine } from "./engine.ts";
import { installSynapse } from "./install.ts";
import { startSynapse, type Synapse } from "./start.ts";

/** Two servers that know each other: what one of them names, the other one reaches. */
export interface Federation {
  readonly here: Synapse;
  readonly there: Synapse;
  stop(): Promise<void>;
}

/** Starts both. Throws one clear sentence where that is not possible: with `SYNAPSE_URL`, or with no engine at all. */
export async function startFederation(): Promise<Federation> {
  const why = await installSynapse();
  if (why !== undefined) throw new Error(why);
  const certificate = await makeCertificate(await findEngine());
  const here = await startSynapse({ federation: certificate });
  try {
    const there = await startSynapse({ federation: certificate });
    return {
      here,
      there,
      stop: async () => {
        await Promise.all([here.stop(), there.stop()]);
      },
    };
  } catch (error) {
    await here.stop();
    throw error;
  }
}
