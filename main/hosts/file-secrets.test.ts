import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fileSecrets, type Seal } from "./file-secrets.ts";

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "dunlin-secrets-"))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const path = (): string => join(dir, "secrets.json");

/** Turns the text around; `open` fails for what it did not seal, as a changed keyring does. */
const seal: Seal = {
  seal: (text) => Promise.resolve(Buffer.from(`sealed:${[...text].reverse().join("")}`)),
  open: (sealed) => {
    const text = sealed.toString();
    if (!text.startsWith("sealed:")) return Promise.reject(new Error("wrong key"));
    return Promise.resolve({ text: [...text.slice(7)].reverse().join(""), isStale: false });
  },
};
const damaged = { failure: { kind: "storage", problem: "damaged" } };

test("a secret survives a restart, in a file that only we can read", async () => {
  await fileSecrets(dir, "file").save("session", "s3sam3");
  expect(await fileSecrets(dir, "file").load("session")).toBe("s3sam3");
  if (process.platform !== "win32") expect(statSync(path()).mode & 0o777).toBe(0o600);
});

test("what was never saved or was removed is null", async () => {
  const secrets = fileSecrets(dir, "file");
  expect(await secrets.load("session")).toBeNull();
  expect(await secrets.load("constructor")).toBeNull();
  await secrets.save("session", "s");
  await secrets.remove("session");
  await secrets.remove("session");
  expect(await secrets.load("session")).toBeNull();
});

test("saves at the same time do not undo each other", async () => {
  const secrets = fileSecrets(dir, "file");
  await Promise.all(["a", "b", "c"].map((name) => secrets.save(name, name.toUpperCase())));
  expect(await Promise.all(["a", "b", "c"].map((name) => secrets.load(name)))).toEqual(["A", "B", "C"]);
});

test("a sealed secret is not in the file as it is", async () => {
  await fileSecrets(dir, "os-keyring", { system: seal }).save("session", "s3sam3");
  expect(readFileSync(path(), "utf8")).not.toContain("s3sam3");
  expect(await fileSecrets(dir, "os-keyring", { system: seal }).load("session")).toBe("s3sam3");
});

test("without the keyring that sealed it a secret is lost, not null", async () => {
  await fileSecrets(dir, "os-keyring", { system: seal }).save("session", "s3sam3");
  await expect(fileSecrets(dir, "file").load("session")).rejects.toMatchObject(damaged);
  writeFileSync(path(), JSON.stringify({ session: { sealed: "AAAA" } }));
  await expect(fileSecrets(dir, "os-keyring", { system: seal }).load("session")).rejects.toMatchObject(
    damaged,
  );
});

test("what was stored without a keyring is sealed as soon as there is one", async () => {
  await fileSecrets(dir, "file").save("session", "s3sam3");
  const desktop = fileSecrets(dir, "os-keyring", { system: seal, systemName: "kwallet6" });
  expect(await desktop.describe?.()).toBe("1 not sealed");
  expect(await desktop.load("session")).toBe("s3sam3");
  expect(readFileSync(path(), "utf8")).not.toContain("s3sam3");
  expect(await desktop.describe?.()).toBe("1 sealed by kwallet6");
  expect(await fileSecrets(dir, "os-keyring", { system: seal }).load("session")).toBe("s3sam3");
});

test("what only the keyring seals is boxed too as soon as there is a key of our own", async () => {
  const own: Seal = {
    seal: (text) => Promise.resolve(Buffer.from(`own:${text.length}:${text.toUpperCase()}`)),
    open: (boxed) =>
      Promise.resolve({ text: boxed.toString().split(":")[2]?.toLowerCase() ?? "", isStale: false }),
  };
  await fileSecrets(dir, "os-keyring", { system: seal }).save("session", "s3sam3");
  await fileSecrets(dir, "file").save("other", "plain");
  const both = fileSecrets(dir, "os-keyring", { system: seal, key: () => own });
  expect([await both.load("session"), await both.load("other")]).toEqual(["s3sam3", "plain"]);
  expect(await both.describe?.()).toBe("2 sealed by a key of our own");
  expect(await both.load("session")).toBe("s3sam3");
});

test("a disk that refuses the sealed form takes nothing away: it is read as it is", async () => {
  await fileSecrets(dir, "file").save("session", "s3sam3");
  const refusing: Seal = { ...seal, seal: () => Promise.reject(new Error("ENOSPC")) };
  expect(await fileSecrets(dir, "os-keyring", { system: refusing }).load("session")).toBe("s3sam3");
});

test.each(["{ half", "[1]", '{"session":7}', '"text"', '{"session":{}}'])(
  "a file that holds %s is damaged; the error does not quote it",
  async (text) => {
    writeFileSync(path(), text);
    const error: unknown = await fileSecrets(dir, "file")
      .load("session")
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject(damaged);
    expect(String(error)).not.toContain("half");
  },
);

test("a copy with lost permissions is made ours alone again", async () => {
  writeFileSync(path(), JSON.stringify({ session: { plain: "s" } }), { mode: 0o644 });
  expect(await fileSecrets(dir, "file").load("session")).toBe("s");
  if (process.platform !== "win32") expect(statSync(path()).mode & 0o777).toBe(0o600);
});
