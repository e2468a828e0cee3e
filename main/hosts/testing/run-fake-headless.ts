// Runs the headless host as a process of its own over a fake core, for tests of how it starts and ends.
import { FailureError } from "../../core/failure.ts";
import type { StorageProblem } from "../../core/failure.ts";
import { runHeadless } from "../headless/run.ts";
import { FakeCore } from "./fake-core.ts";

const problem = process.env["FAKE_CORE_PROBLEM"] as StorageProblem | undefined;
const core = new FakeCore();
core.closing = new Promise((resolve) => setTimeout(resolve, 50));

await runHeadless((platform) => {
  if (problem !== undefined)
    return Promise.reject(new FailureError({ kind: "storage", message: "told so", problem }));
  const close = core.close.bind(core);
  core.close = async () => {
    await close();
    platform.log("info", "core-closed");
  };
  core.answers.set("signIn", (params: { user: string }) => {
    platform.log("info", "signed-in", { user: params.user, isEnvClean: !("DUNLIN_SIGN_IN" in process.env) });
    if (params.user === "nobody")
      throw new FailureError({ kind: "rejected", message: "no", errcode: "M_FORBIDDEN" });
  });
  core.answers.set("openLink", () => {
    queueMicrotask(() => {
      throw new Error("unforeseen, with Bearer hunter2-x");
    });
  });
  return Promise.resolve(core);
}, "/nowhere");
