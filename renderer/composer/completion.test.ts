import { expect, test } from "vitest";
import { loadEmoji, findEmoji } from "../emoji/shortcodes.ts";
import { htmlToMarkdown } from "./html-to-markdown.ts";
import { mentionRanges } from "./mention-ranges.ts";
import { findTrigger } from "./trigger.ts";

test.each([
  ["@", "person", ""],
  ["hi @an", "person", "an"],
  ["hi (@Ana M", "person", "Ana M"],
  ["see #pi", "room", "pi"],
  [":smi", "emoji", "smi"],
  ["hi @Ben :tada", "emoji", "tada"],
  ["/", "command", ""],
  ["/inv", "command", "inv"],
])("%j completes a %s", (text, kind, query) => {
  expect(findTrigger(text, text.length)).toMatchObject({ kind, query, to: text.length });
});

test.each([
  "mail@an",
  "#",
  "# title",
  "a:sm",
  ":a",
  "10:30",
  "x /inv",
  "//inv",
  "/inv x",
  "@an: x y z",
  "https://x/#a",
])("%j completes nothing", (text) => expect(findTrigger(text, text.length)).toBeNull());

test("in the middle of a word nothing is completed", () => {
  expect(findTrigger("@ana", 2)).toBeNull();
  expect(findTrigger("@an b", 3)).toMatchObject({ query: "an", from: 0, to: 3 });
});

test("emoji are found by shortcode, the exact one first", async () => {
  const all = await loadEmoji();
  expect(all.length).toBeGreaterThan(1500);
  expect(findEmoji(all, "+1", 5)[0]?.unicode).toContain("👍");
  expect(findEmoji(all, "tada", 5)[0]?.unicode).toContain("🎉");
  expect(findEmoji(all, "zzzz", 5)).toEqual([]);
});

test("names that stand for somebody are marked, longest first, whole words", () => {
  const mentions = [
    { text: "@Ana", id: "@a:x" },
    { text: "@Ana Maria", id: "@b:x" },
  ];
  expect(mentionRanges("a @Ana Maria, @Ana @Anatol", mentions)).toEqual([
    { text: "a ", isMention: false },
    { text: "@Ana Maria", isMention: true },
    { text: ", ", isMention: false },
    { text: "@Ana", isMention: true },
    { text: " @Anatol", isMention: false },
  ]);
});

test.each([
  ["<p>plain <span>words</span></p>", "plain words", false],
  ["<b>bold</b> and <i>slanted </i>x", "**bold** and *slanted* x", true],
  ["<b style='font-weight:normal'>not <b>bold</b></b>", "not **bold**", true],
  ["<span style='font-weight:700'>bold</span>", "**bold**", true],
  ["<a href='https://example.org/a'>here</a>", "[here](https://example.org/a)", true],
  ["<a href='https://example.org/'>https://example.org/</a>", "https://example.org/", false],
  ["<a href='javascript:alert(1)'>x</a>", "x", false],
  ["<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c", true],
  ["<ol start=3><li>a</li><li>b</li></ol>", "3. a\n4. b", true],
  ["<h2>Title</h2><p>text</p>", "## Title\n\ntext", true],
  ["<pre><code class='language-js'>let a;\nlet b;</code></pre>", "```js\nlet a;\nlet b;\n```", true],
  ["<code>a`b</code>", "``a`b``", true],
  ["<blockquote><p>one</p><p>two</p></blockquote>", "> one\n>\n> two", true],
  [
    "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2|3</td></tr></table>",
    "| a | b |\n| --- | --- |\n| 1 | 2\\|3 |",
    true,
  ],
  ["a_b *c* [d]", "a\\_b \\*c\\* \\[d\\]", false],
  ["<script>alert(1)</script><style>x{}</style>hi<img src=https://x/y alt=cat>", "hicat", false],
  ["<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree", false],
])("%s is pasted as %j", (html, markdown, isFormatted) => {
  expect(htmlToMarkdown(html)).toEqual({ markdown, isFormatted });
});

test("nesting without end is pasted as its words", () => {
  const { markdown } = htmlToMarkdown(`${"<div>".repeat(400)}deep${"</div>".repeat(400)}`);
  expect(markdown).toBe("deep");
});
