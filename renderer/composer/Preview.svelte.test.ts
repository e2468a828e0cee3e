import { mount, unmount } from "svelte";
import { afterEach, expect, test, vi } from "vitest";
import Preview from "./Preview.svelte";

// On a page that has not loaded what formats yet: it comes after the preview was opened.

let shown: Record<string, unknown> = {};
afterEach(() => unmount(shown));

test("shows what is formatted as soon as what formats it has come", async () => {
  const writing = { text: "**bold** words", mentions: [] };
  const props = { describePills: vi.fn(), resourceUrl: () => null, onlink: () => {} };
  shown = mount(Preview, { target: document.body, props: { ...props, writing: writing as never } });
  expect(document.querySelector("strong")).toBeNull();
  await vi.waitFor(() => expect(document.querySelector("strong")?.textContent).toBe("bold"), 10_000);
});

test.each([
  ["", /Nothing to show/],
  ["/nonsense", /no command \/nonsense/],
  ["x".repeat(60_001), /too long/],
])("of %.10j says why there is nothing to show", async (text, words) => {
  const props = { describePills: vi.fn(), resourceUrl: () => null, onlink: () => {} };
  const writing = { text, mentions: [] };
  shown = mount(Preview, { target: document.body, props: { ...props, writing: writing as never } });
  await vi.waitFor(() => expect(document.querySelector("p")?.textContent).toMatch(words), 15_000);
});
