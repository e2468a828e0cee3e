import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ProcessGone, StandInProcess } from "./stand-in-process.ts";

/** A program that answers to what it is told by `answer`, and stays. */
async function started(answer: string): Promise<StandInProcess> {
  const program = join(tmpdir(), `dunlin-stand-in-${process.pid}-${Math.random().toString(36).slice(2)}.mjs`);
  await writeFile(
    program,
    `process.on("message", ({ id, command }) => { ${answer} }); setInterval(() => undefined, 1000);`,
  );
  const app = new StandInProcess(program, [], {});
  onTestFinished(async () => void (await app.end("SIGKILL")));
  return app;
}
const echo = `process.send({ event: "reply", id, value: command.do });`;

describe("the wire to the stand-in's process", () => {
  it("brings each answer to who asked", async () => {
    const app = await started(echo);
    expect(await Promise.all([app.tell({ do: "one" }), app.tell({ do: "two" })])).toEqual(["one", "two"]);
  });

  it("takes a word to a process that was just killed, and one after its end, as an error of that word", async () => {
    const app = await started(echo);
    await app.tell({ do: "state" });
    process.kill(app.pid, "SIGKILL");
    // Dead, and this process has not heard of it: what a page says while its app is taken away.
    const before = process.hrtime.bigint();
    while (process.hrtime.bigint() - before < 100_000_000n);
    await expect(app.tell({ do: "frame" })).rejects.toThrow(ProcessGone);
    await app.ended();
    await expect(app.tell({ do: "frame" })).rejects.toThrow(ProcessGone);
  });

  it("leaves nobody waiting for a process that ends without an answer", async () => {
    const app = await started(`if (command.do === "end") process.exit(3);`);
    const asked = app.tell({ do: "state" });
    const ends = app.tell({ do: "end" });
    await expect(asked).rejects.toThrow(ProcessGone);
    await expect(ends).rejects.toThrow(ProcessGone);
    expect(await app.end("SIGTERM")).toBe(3);
  });
});
