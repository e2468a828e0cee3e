import { answeringRoom, quietRoom } from "./places.ts";
import type { Step } from "./stage.ts";

const draft = "A sentence I have not finished";

export const restartSteps: readonly Step[] = [
  {
    name: "keeps a draft over a change of rooms",
    async run(stage) {
      await stage.openRoom(answeringRoom);
      await stage.composer.fill(draft);
      await stage.openRoom(quietRoom);
      await stage.expectDraft("");
      await stage.openRoom(answeringRoom);
      await stage.expectDraft(draft);
    },
  },
  {
    name: "keeps session and draft over a restart",
    async run(stage) {
      await stage.close();
      await stage.open();
      await stage.waitForConnection("live");
      await stage.openRoom(answeringRoom);
      await stage.expectDraft(draft);
    },
  },
];
