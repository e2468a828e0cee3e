import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";

// Programs of a Linux desktop that tell what Electron has no word for. They are asked, and never needed: where one is
// missing or fails, nothing is known.

/** Ms after which a question is given up. */
const ANSWER_MS = 2000;
/** Its messages in English: they are parsed. */
const plain = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: "C" });

/** What the program prints, or null when it fails. */
export function askProgram(program: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, args, { env: plain(), timeout: ANSWER_MS }, (error, stdout) =>
      resolve(error === null ? stdout : null),
    );
  });
}

/**
 * Tells every line the program prints. It ends with the function that is answered, and also when we are killed: a shell
 * beside it waits for the end of a pipe that only we hold.
 */
export function followProgram(
  program: string,
  args: readonly string[],
  onLine: (line: string) => void,
): () => void {
  const script = '"$@" & child=$!; read -r _; kill "$child"';
  const child = spawn("/bin/sh", ["-c", script, "sh", program, ...args], {
    env: plain(),
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.on("error", () => undefined);
  child.stdin.on("error", () => undefined);
  createInterface({ input: child.stdout }).on("line", onLine);
  return () => void child.stdin.end();
}
