// Runs the Electron host over a fake core, under the stand-in, for tests of how it behaves.
import { FailureError, type StorageProblem } from "../../../core/failure.ts";
import type { Topic } from "../../../../preload/contract/frames.ts";
import type { Settings } from "../../../../preload/contract/models/settings.ts";
import { FakeCore } from "../../testing/fake-core.ts";
import { runElectron } from "../run.ts";
import type { CoreWord } from "./stand-in-wire.ts";

const say = (said: string): void => void process.send?.({ event: "core", said });
const core = new FakeCore();
const problem = process.env["FAKE_CORE_PROBLEM"] as StorageProblem | undefined;
core.mediaAnswer = (path) => ({
  ok: true,
  file: {
    path: process.env["FAKE_MEDIA"] ?? "",
    contentType: path.endsWith("/face") ? "image/png" : "video/mp4",
    size: 10,
  },
});
/** A file whose name ends in "late" comes when the test says so. */
let lateMediaComes = (): void => undefined;
const lateMedia = new Promise<void>((resolve) => (lateMediaComes = resolve));
const media = core.media.bind(core);
core.media = async (path) => {
  if (path.endsWith("/late")) await lateMedia;
  return media(path);
};
core.answers.set("networkIsBack", () => say("network is back"));
if (process.env["FAKE_NO_DIAGNOSTICS"] !== undefined)
  core.answers.set("loadDiagnostics", () => Promise.reject(new Error("the disk is gone")));
for (const method of ["actOnNotice", "saveSettings", "saveDraft"] as const)
  core.answers.set(method, (params) => void process.send?.({ event: "asked", method, params }));
process.on("message", (message: object) => {
  if ("topic" in message && message.topic === "late media") lateMediaComes();
  else if ("topic" in message)
    core.emit((message as CoreWord).topic as Topic, (message as CoreWord).value as never);
});

if (process.env["FAKE_CLOSE_TO_TRAY"] !== undefined)
  core.snapshots.settings = {
    ...core.snapshots.settings,
    closeToTray: process.env["FAKE_CLOSE_TO_TRAY"] === "1",
  };
core.snapshots.settings = {
  ...core.snapshots.settings,
  ...(JSON.parse(process.env["FAKE_SETTINGS"] ?? "{}") as Partial<Settings>),
};
core.snapshots.accounts = JSON.parse(process.env["FAKE_ACCOUNTS"] ?? "[]") as typeof core.snapshots.accounts;

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
