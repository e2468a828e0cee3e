import { beforeAll, expect, test, vi } from "vitest";
import type { MxcUri } from "../../preload/contract/ids.ts";
import type { PicturePack } from "../../preload/contract/models/sticker.ts";
import { customGroups, findCustom } from "../emoji/emoji-cells.ts";
import { prepareFormatting } from "./formatting.ts";
import { withEmojiPaths } from "./shown-emoji.ts";
import { customEmoji, Suggestions } from "./suggestions.svelte.ts";
import { toContent } from "./to-content.ts";
import { Writing } from "./writing.svelte.ts";

// Custom emoji of several packs while one writes: each can be had, also where two have one name.

beforeAll(() => prepareFormatting());

const picture = (id: string, shortcode = "cat") => ({
  ...{ shortcode, words: `A ${shortcode}`, mxc: `mxc://dunlin.test/${id}` as MxcUri },
  path: `media/dunlin.test/${id}?width=320&height=240&method=scale`,
});
const pack = (id: string, emoji: PicturePack["emoji"], isOwn = false): PicturePack => ({
  ...{ id, name: id, isOwn, stickers: [], emoji },
});
const groups = customGroups(
  [
    pack("own", [picture("cat"), picture("boat", "boat")], true),
    pack("Bay", [picture("other-cat"), picture("boat", "boat")]),
  ],
  { own: "Yours", named: (words, of) => `${words} (${of})`, resourceUrl: (path) => `app://${path}` },
);

test("what is found says which pack it is of", () => {
  expect(findCustom(groups, "cat").map(({ name, picture: of }) => [name, of?.mxc])).toEqual([
    ["A cat (Yours)", "mxc://dunlin.test/cat"],
    ["A cat (Bay)", "mxc://dunlin.test/other-cat"],
  ]);
});

test("the list that completes a name has both of one name, and the same picture of two packs once", async () => {
  const suggestions = new Suggestions({
    findPeople: () => Promise.reject(new Error("nobody asked")),
    findRooms: () => Promise.reject(new Error("nobody asked")),
    canMentionRoom: () => false,
  });
  suggestions.setCustom(groups.flatMap(({ emoji }) => emoji));
  const found = async (query: string) => {
    suggestions.look(`:${query}`, query.length + 1);
    await vi.waitFor(() => expect(suggestions.isWaiting).toBe(false), 15_000);
    return suggestions.list.filter(({ picture: path }) => path !== null);
  };
  expect((await found("cat")).map(({ label, detail, mention }) => [label, detail, mention?.id])).toEqual([
    [":cat:", "A cat (Yours)", "mxc://dunlin.test/cat"],
    [":cat:", "A cat (Bay)", "mxc://dunlin.test/other-cat"],
  ]);
  expect(await found("boat")).toHaveLength(1);
});

test("two of one name in one message stay two", () => {
  const writing = new Writing({} as ConstructorParameters<typeof Writing>[0]);
  const put = (id: string): void => {
    writing.text += `${writing.mentionEmoji(customEmoji("cat", `mxc://dunlin.test/${id}`))} `;
  };
  for (const id of ["cat", "other-cat", "cat"]) put(id);
  expect(writing.text).toBe(":cat: :cat-2: :cat: ");
  const { content } = toContent(writing.text, { mentions: writing.mentions, canMentionRoom: false });
  const shown = [...(content?.formatted_body ?? "").matchAll(/src="([^"]+)"/g)].map(([, src]) => src);
  expect(shown).toEqual(["cat", "other-cat", "cat"].map((id) => `mxc://dunlin.test/${id}`));
});

test("the preview names the path that will show the picture, and no other address", () => {
  const html = withEmojiPaths(
    '<img data-mx-emoticon src="mxc://[::1]:8448/a-cat" alt=":cat:"> <img data-mx-emoticon src="https://evil.example/x">',
  );
  const path = "media/%5B%3A%3A1%5D%3A8448/a-cat?width=96&amp;height=96&amp;method=scale";
  expect(html).toBe(`<img data-mx-emoticon="" alt=":cat:" data-mxc="${path}"> <img data-mx-emoticon="">`);
});
