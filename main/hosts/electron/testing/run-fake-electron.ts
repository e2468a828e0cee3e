// Runs the Electron host over a fake core, under the stand-in, for tests of how it behaves.
import { FailureError, type StorageProblem } from "../../../core/failure.ts";
import { FakeCore } from "../../testing/fake-core.ts";
import { runElectron } from "../run.ts";

const say = (said: string): void => void process.send?.({ event: "core", said });
const core = new FakeCore();
const problem = process.env["FAKE_CORE_PROBLEM"] as StorageProblem | undefined;
core.mediaAnswer = () => ({
  ok: true,
  file: { path: process.env["FAKE_MEDIA"] ?? "", contentType: "video/mp4", size: 10 },
});
core.answers.set("networkIsBack", () => say("network is back"));

if (process.env["FAKE_CLOSE_TO_TRAY"] !== undefined)
  core.snapshots.settings = {
    ...core.snapshots.settings,
    closeToTray: process.env["FAKE_CLOSE_TO_TRAY"] === "1",
  };
core.snapshots.roomList = JSON.parse(process.env["FAKE_ROOMS"] ?? "[]") as typeof core.snapshots.roomList;

runElectron((platform) => {
  if (problem !== undefined)
    return Promise.reject(new FailureError({ kind: "storage", message: "told so", problem }));
  core.answers.set("openLink", ({ url }: { url: string }) => platform.openExternal(url));
  core.answers.set("listScreens", async () => ({ sources: await platform.screens?.list() }));
  core.answers.set("chooseScreen", ({ id }: { id: string }) => platform.screens?.choose(id));
  core.close = async () => {
    say("closing");
    await new Promise((resolve) => setTimeout(resolve, 50));
    say("closed");
  };
  return Promise.resolve(core);
}, process.env["FAKE_OUT_DIR"] ?? "/nowhere");
