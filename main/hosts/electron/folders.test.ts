import { expect, it } from "vitest";
import { systemFolders } from "./folders.ts";

const answering = (answer: { canceled: boolean; filePaths: string[] }, problem = "") => {
  const opened: string[] = [];
  const folders = systemFolders({
    dialog: { showOpenDialog: () => Promise.resolve(answer) },
    shell: { openPath: (path) => (opened.push(path), Promise.resolve(problem)) },
    window: () => null,
  });
  return { folders, opened };
};

it("gives the chosen folder", async () => {
  const { folders } = answering({ canceled: false, filePaths: ["/home/ann/Archive"] });
  expect(await folders.choose()).toBe("/home/ann/Archive");
});

it("gives nothing when the user changed their mind", async () => {
  const { folders } = answering({ canceled: true, filePaths: [] });
  expect(await folders.choose()).toBeNull();
});

it("says when the system cannot show a folder", async () => {
  const { folders, opened } = answering({ canceled: true, filePaths: [] }, "no such folder");
  await expect(folders.show?.("/gone")).rejects.toThrow("no such folder");
  expect(opened).toEqual(["/gone"]);
});
