import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { UserId } from "../../preload/contract/ids.ts";
import { cleanHtml } from "../text/clean-html.ts";
import { wanted } from "./commands.ts";
import { prepareFormatting } from "./formatting.ts";
import { formatMarkdown } from "./markdown.ts";
import { mentionsIn } from "./mentions-in.ts";
import { toContent } from "./to-content.ts";

beforeAll(() => prepareFormatting());
const html = (text: string): string | null => formatMarkdown(text, []).html;

test.each([
  ["**bold** and *slanted*", "<strong>bold</strong> and <em>slanted</em>"],
  ["~~gone~~", "<del>gone</del>"],
  ["`a < b`", "<code>a &lt; b</code>"],
  ["```ts\nlet a = 1 < 2;\n```", '<pre><code class="language-ts">let a = 1 &lt; 2;\n</code></pre>'],
  ["- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"],
  ["3. c\n4. d", '<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>'],
  ["> said", "<blockquote>\n<p>said</p>\n</blockquote>"],
  ["# Title", "<h1>Title</h1>"],
  ["**a**\nb", "<strong>a</strong><br>\nb"],
  ["**a**\n\nb", "<p><strong>a</strong></p>\n<p>b</p>"],
  ["[x](https://example.org)", '<a href="https://example.org">x</a>'],
  [
    "||the *butler*||",
    '<span data-mx-spoiler=""><em></em></span>'.replace("<em></em>", "the <em>butler</em>"),
  ],
  ["it was ||him|| then", 'it was <span data-mx-spoiler="">him</span> then'],
  ["$e^{i\\pi}$", '<span data-mx-maths="e^{i\\pi}"><code>e^{i\\pi}</code></span>'],
  ["$$\\sum_i x_i$$", '<div data-mx-maths="\\sum_i x_i"><code>\\sum_i x_i</code></div>'],
  ["$a<b$", '<span data-mx-maths="a&lt;b"><code>a&lt;b</code></span>'],
  [
    "| a | b |\n|:--|--:|\n| 1 | 2 |",
    "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>",
  ],
  ["\\*not bold\\*", "*not bold*"],
  ["**<b>typed</b>**", "<strong>&lt;b&gt;typed&lt;/b&gt;</strong>"],
])("%j is formatted", (text, expected) => expect(html(text)).toBe(expected));

test.each([
  "hello",
  "two\nlines",
  "two\n\nparagraphs",
  "see https://example.org/a_b_c?d=*e* now",
  "costs $5 and $6",
  "snake_case_name and 2 * 3 * 4",
  "a | b",
  "|| ||",
  "&copy; &lt;",
  "    four blanks",
  "title\n---x",
  "[a]: https://example.org",
  "<b>typed</b>",
  "a #tag and an @ alone, @nobody",
])("%j says all there is as plain text", (text) => expect(html(text)).toBeNull());

test("no picture is put in, and no address but a web address", () => {
  expect(html("**x** ![y](https://tracker.example/x.png)")).not.toContain("<img");
  expect(html("**x** [y](javascript:alert(1))")).not.toContain("href");
  expect(html("**x** [y](data:text/html,hi)")).not.toContain("href");
});

describe("mentions", () => {
  const ana = { text: "@Ana Maria", id: "@ana:example.org" };
  const short = { text: "@Ana", id: "@other:example.org" };

  test("a picked name becomes a pill, the longest first, and whole words only", () => {
    const { html: made, users } = formatMarkdown("hi @Ana Maria and @Ana, not @Anatol", [short, ana]);
    expect(made).toBe(
      'hi <a href="https://matrix.to/#/@ana:example.org">Ana Maria</a> and ' +
        '<a href="https://matrix.to/#/@other:example.org">Ana</a>, not @Anatol',
    );
    expect(users).toEqual(["@ana:example.org", "@other:example.org"]);
  });

  test("a full id or address is a mention without being picked", () => {
    const { html: made, users } = formatMarkdown("@ben:example.org see #pier:example.org.", []);
    expect(made).toBe(
      '<a href="https://matrix.to/#/@ben:example.org">@ben:example.org</a> see ' +
        '<a href="https://matrix.to/#/#pier:example.org">#pier:example.org</a>.',
    );
    expect(users).toEqual(["@ben:example.org"]);
  });

  test("what stands in code names nobody", () => {
    expect(formatMarkdown("`@Ana` mail me@ana:example.org", [short])).toMatchObject({ users: [] });
  });

  test("@room notifies everybody only where one may", () => {
    const withRoom = { mentions: [], canMentionRoom: true };
    expect(toContent("@room hello", withRoom).content).toEqual({
      msgtype: "m.text",
      body: "@room hello",
      "m.mentions": { room: true },
    });
    expect(toContent("@room hello").content).toEqual({
      ...{ msgtype: "m.text", body: "@room hello", "m.mentions": {} },
    });
    expect(toContent("the @roommate", withRoom).content).toHaveProperty("m.mentions", {});
  });

  test("the body is what was typed, and m.mentions says who is meant", () => {
    const { content } = toContent("@Ana **hi**", { mentions: [short], canMentionRoom: false });
    expect(content).toEqual({
      msgtype: "m.text",
      body: "@Ana **hi**",
      format: "org.matrix.custom.html",
      formatted_body: '<a href="https://matrix.to/#/@other:example.org">Ana</a> <strong>hi</strong>',
      "m.mentions": { user_ids: ["@other:example.org" as UserId] },
    });
  });
});

test("whatever is typed, it is formatted in the end, and nothing in it runs", () => {
  const signs = fc.constantFrom(
    "*",
    "_",
    "`",
    "~",
    "|",
    "$",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "@",
    "#",
    "\n",
    " ",
    "a",
    "\\",
    "!",
    "&",
  );
  fc.assert(
    fc.property(fc.array(signs, { maxLength: 60 }), (parts) => {
      const made = html(parts.join(""));
      if (made === null) return;
      const nodes = cleanHtml(made);
      expect(nodes?.querySelector("script,img,iframe,style")).toBeNull();
    }),
  );
});

test("long rows of signs do not hold up the page", () => {
  for (const sign of ["*", "_", "`", "~", "||", "$", "[", "@a", "#", ">", "- ", "$$", "*a", "||a"])
    expect(toContent(sign.repeat(5000)).content).not.toBeUndefined();
}, 10_000);

describe("commands", () => {
  const action = (text: string): unknown => {
    const what = wanted(text);
    return "action" in what ? what.action : null;
  };
  const complaint = (text: string): string => {
    const what = wanted(text);
    return "problem" in what ? what.problem : "";
  };

  test.each([
    ["/invite @ben:example.org", { do: "invite", userId: "@ben:example.org", reason: "" }],
    ["/invite @ben:example.org come in", { do: "invite", userId: "@ben:example.org", reason: "come in" }],
    [
      "/kick https://matrix.to/#/@ben:example.org too loud",
      { do: "kick", userId: "@ben:example.org", reason: "too loud" },
    ],
    ["/BAN @ben:example.org", { do: "ban", userId: "@ben:example.org", reason: "" }],
    ["/unban @ben:example.org", { do: "unban", userId: "@ben:example.org", reason: "" }],
    ["/op @ben:example.org", { do: "power", userId: "@ben:example.org", level: 50 }],
    ["/op @ben:example.org 100", { do: "power", userId: "@ben:example.org", level: 100 }],
    ["/deop @ben:example.org", { do: "power", userId: "@ben:example.org", level: 0 }],
    ["/topic  Boats ", { do: "topic", topic: "Boats" }],
    ["/nick Ana M.", { do: "name", name: "Ana M." }],
    ["/myroomnick Captain", { do: "room-name", name: "Captain" }],
    ["/join #pier:example.org", { do: "join", room: "#pier:example.org", via: [] }],
    ["/join !abc:x.org a.org b.org", { do: "join", room: "!abc:x.org", via: ["a.org", "b.org"] }],
    ["/join https://matrix.to/#/!abc:x.org?via=a.org", { do: "join", room: "!abc:x.org", via: ["a.org"] }],
    ["/part", { do: "leave" }],
    ["/leave", { do: "leave" }],
    ["/help", { do: "help" }],
    ["/poll", { do: "poll" }],
  ])("%s", (text, expected) => expect(action(text)).toEqual(expected));

  test.each([
    ["/invite", /needs the ID/],
    ["/invite @ben:example.org @cleo:example.org", /one ID/],
    ["/invite ben", /“ben” is no user ID/],
    ["/op @ben:example.org lots", /“lots” is no power level/],
    ["/join", /needs the address/],
    ["/join pier", /“pier” is no address/],
    ["/leave now", /takes nothing/],
    ["/topic", /needs some text/],
    ["/nick ", /needs some text/],
    [`/nick ${"x".repeat(256)}`, /at most 255/],
    ["/location here", /latitude and longitude/],
    ["/location 91, 3", /latitude and longitude/],
    [`/invite @${"é".repeat(200)}:example.org`, /no user ID/],
    ["/unknown x", /no command/],
  ])("%s is refused in words", (text, words) => expect(complaint(text)).toMatch(words));

  test("those that write say what they say", () => {
    expect(toContent("/shrug").content).toEqual({ msgtype: "m.text", body: "¯\\_(ツ)_/¯", "m.mentions": {} });
    expect(toContent("/tableflip so").content?.body).toBe("(╯°□°)╯︵ ┻━┻ so");
    expect(toContent("/notice *x*").content).toMatchObject({
      msgtype: "m.notice",
      formatted_body: "<em>x</em>",
    });
    expect(toContent("/me *x*").content).toMatchObject({ msgtype: "m.emote", formatted_body: "<em>x</em>" });
    expect(toContent("/plain *x*").content).toEqual({ msgtype: "m.text", body: "*x*", "m.mentions": {} });
    expect(toContent("/html <b>x</b><br>y").content).toMatchObject({
      body: "x\ny",
      formatted_body: "<b>x</b><br>y",
    });
    expect(toContent("/spoiler end").content?.formatted_body).toBe('<span data-mx-spoiler="">end</span>');
    expect(toContent("/location 52.52, 13.405 River").content).toMatchObject({
      msgtype: "m.location",
      body: "River",
      geo_uri: "geo:52.52,13.405",
    });
    expect(toContent("/rainbow a <").content?.formatted_body).toMatch(
      /^<span data-mx-color="#ff0000">a<\/span> <span data-mx-color="#[0-9a-f]{6}">&lt;<\/span>$/,
    );
  });

  test("two slashes send what looks like a command", () => {
    expect(toContent("//invite x").content?.body).toBe("/invite x");
  });
});

test("a custom emoji that was picked is its picture, also among Markdown, and stays a word in code", () => {
  const boat = { text: ":boat:", id: "mxc://dunlin.test/boat" };
  const made = formatMarkdown("a :boat: and **:boat:** not `:boat:` nor :ship:", [boat]).html;
  const image = '<img data-mx-emoticon src="mxc://dunlin.test/boat" alt=":boat:" title=":boat:" height="32">';
  expect(made).toBe(`a ${image} and <strong>${image}</strong> not <code>:boat:</code> nor :ship:`);
  expect(html(":boat:")).toBeNull();
  // Edited, it is found again by what main has made of it.
  const path = "media/dunlin.test/boat?width=96&amp;height=96&amp;method=scale";
  expect(
    mentionsIn({
      ...{ type: "text", text: "a :boat:" },
      html: `a <img data-mxc="${path}" data-mx-emoticon="" alt=":boat:" />`,
    }),
  ).toEqual([boat]);
});
