import fc from "fast-check";
import { JSDOM } from "jsdom";
import { expect, test } from "vitest";
import { cleanHtml } from "./clean-html.ts";
import { parseMediaPath } from "./mxc.ts";
import { attacks } from "../../e2e/homeserver/attacks.ts";
import { payloads } from "../../e2e/homeserver/xss-payloads.ts";

const allowedTags = new Set(
  (
    "del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table thead tbody tr th " +
    "td caption pre span img details summary"
  ).split(" "),
);
const allowedAttributes: Readonly<Record<string, RegExp>> = {
  "a href": /^(?:https?:\/\/|ftp:\/\/|mailto:|magnet:\?)\S+$/i,
  "ol start": /^-?\d+$/,
  "code class": /^language-[\w+#.-]+$/,
  "span data-mx-color": /^#[0-9a-f]{6}$/i,
  "span data-mx-bg-color": /^#[0-9a-f]{6}$/i,
  "span data-mx-spoiler": /^/,
  "span data-mx-maths": /^/,
  "div data-mx-maths": /^/,
  "img data-mxc": /^media\//,
  "img alt": /^/,
  "img title": /^/,
  "img data-mx-emoticon": /^$/,
  "img width": /^\d{1,4}$/,
  "img height": /^\d{1,4}$/,
};

const { window } = new JSDOM();

/** Everything in `html` as a browser would build it that is not on the list; written down anew, not taken from the code. */
function offences(html: string): string[] {
  const document = new window.DOMParser().parseFromString(`<!doctype html><body>${html}`, "text/html");
  const found: string[] = [];
  if (document.head.childNodes.length > 0) found.push("something in head");
  for (const element of document.querySelectorAll("body *")) {
    const tag = element.localName;
    if (element.namespaceURI !== "http://www.w3.org/1999/xhtml") found.push(`${tag} in a foreign namespace`);
    // The parser itself puts rows into a body and columns into a group.
    if (!allowedTags.has(tag)) found.push(tag);
    for (const { name, value } of element.attributes) {
      const rule = allowedAttributes[`${tag} ${name}`];
      if (rule?.test(value) !== true) found.push(`${tag} ${name}=${value}`);
    }
    const path = element.getAttribute("data-mxc");
    if (path !== null && parseMediaPath(path) === null) found.push(path);
  }
  const comments = document.createNodeIterator(document, window.NodeFilter.SHOW_COMMENT);
  if (comments.nextNode() !== null) found.push("comment");
  return found;
}

test("the corpus is one", () => expect(attacks.length).toBeGreaterThanOrEqual(350));

test.each(attacks)("nothing that acts is left of %j", (payload) => {
  for (const html of [payload, `<p>${payload}</p>`, `<table><tr><td>${payload}`, `<pre><code>${payload}`]) {
    const clean = cleanHtml(html);
    expect(offences(clean ?? "")).toEqual([]);
    expect(cleanHtml(clean ?? "")).toBe(clean);
  }
});

test("every payload is really one: unclean, a browser would build something that is not on the list", () => {
  // Of the others some say what must stay, and some act only together with what follows them.
  const harmless = payloads.filter((payload) => offences(payload).length === 0);
  expect(harmless).toEqual([]);
});

test.each([
  ["<b>bold</b> <em>em</em><br>x", "<b>bold</b> <em>em</em><br />x"],
  ["<h1>1</h1><ol start=3><li>x</ol>", '<h1>1</h1><ol start="3"><li>x</li></ol>'],
  ['<a href="https://x.org/?a=1&b=2" onclick=x>l</a>', '<a href="https://x.org/?a=1&amp;b=2">l</a>'],
  ["<a href='/relative'>l</a>", "<a>l</a>"],
  ["<a href='//host/x'>l</a>", "<a>l</a>"],
  ["<a href='https:host'>l</a>", "<a>l</a>"],
  ["<a href='mailto:a@b.c'>l</a>", '<a href="mailto:a@b.c">l</a>'],
  ["<a href='magnet:?xt=urn:x'>l</a>", '<a href="magnet:?xt=urn:x">l</a>'],
  ["<code class='evil language-c++ other'>x</code>", '<code class="language-c++">x</code>'],
  ["<span class=x style='color:red'>x</span>", "<span>x</span>"],
  ["<span data-mx-color='#Ff0000' data-mx-bg-color='red'>x</span>", '<span data-mx-color="#Ff0000">x</span>'],
  ["<font color='#00ff00'>x</font>", '<span data-mx-color="#00ff00">x</span>'],
  ["<strike class=x>gone</strike>", "<s>gone</s>"],
  ["<span data-mx-spoiler>x</span>", "<span data-mx-spoiler>x</span>"],
  ["<span data-mx-spoiler='why\nnot'>x</span>", '<span data-mx-spoiler="why not">x</span>'],
  ["<div data-mx-maths='\\frac{a}{b}'>x</div>", '<div data-mx-maths="\\frac{a}{b}">x</div>'],
  ["<mx-reply><blockquote>quoted</blockquote></mx-reply>answer", "answer"],
  ["<img src='https://tracker/x.png' alt='words'>", "<span>words</span>"],
  [
    "<img data-mx-emoticon=x src='mxc://hs.example/abc' alt=wave>",
    '<img data-mxc="media/hs.example/abc?width=96&amp;height=96&amp;method=scale" data-mx-emoticon alt="wave" />',
  ],
  [
    "<img src='mxc://hs.example:8448/abc' width=99999999 height=20 alt=a>",
    '<img data-mxc="media/hs.example%3A8448/abc?width=640&amp;height=480&amp;method=scale" alt="a" height="20" />',
  ],
  ["1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 &lt; 2 &amp;&amp; 3 &gt; 2"],
  ["1 < 2", "1 &lt; 2"],
  ["file\u202egpj.exe &#x202e;x", "filegpj.exe x"],
  ["<unknown>text stays</unknown>", "text stays"],
  ["<hr>", "<hr />"],
])("%s becomes %s", (given, expected) => expect(cleanHtml(given)).toBe(expected));

test.each([
  "",
  "   ",
  "<p></p>",
  "<br><br>",
  "<b>&nbsp;</b>",
  "<mx-reply>quote</mx-reply>",
  "<script>x</script>",
  "\u200b",
])("%j shows nothing", (html) => expect(cleanHtml(html)).toBeNull());

test("tags are kept to a depth of 100, their text at any depth", () => {
  const clean = cleanHtml(`${"<div>".repeat(300)}deep`) ?? "";
  expect(clean.match(/<div>/g)).toHaveLength(100);
  expect(clean).toContain("deep");
});

test("too long to be looked at is shown as plain text", () => {
  expect(cleanHtml("x".repeat(65_536))).not.toBeNull();
  expect(cleanHtml("x".repeat(65_537))).toBeNull();
});

const token = fc.oneof(
  fc.constantFrom(..."<>/='\"&;!-?` \n\t".split("")),
  fc.constantFrom(
    "script",
    "img",
    "svg",
    "math",
    "style",
    "a",
    "p",
    "table",
    "td",
    "mtext",
    "mglyph",
    "noscript",
    "template",
    "title",
    "textarea",
    "iframe",
    "xmp",
    "select",
    "option",
    "form",
    "annotation-xml",
    "foreignObject",
    "plaintext",
    "mx-reply",
    "font",
    "span",
    "code",
    "pre",
    "b",
    "details",
    "caption",
    "noembed",
    "frameset",
    "body",
    "html",
  ),
  fc.constantFrom(
    " onerror=",
    " onload=",
    " href=",
    " src=",
    " style=",
    " class=",
    " data-mxc=",
    " data-mx-color=",
    " xlink:href=",
    " srcdoc=",
    " formaction=",
    "javascript:alert(1)",
    "data:text/html,",
    "mxc://a/b",
    "https://x/",
    "&#x3c;",
    "&lt;",
    "<!--",
    "-->",
    "--!>",
    "<![CDATA[",
    "]]>",
    "<?",
    "</",
    "/>",
    "\u0000",
    "\u202e",
    "&colon;",
    "&Tab;",
    "#ff0000",
  ),
  fc.string({ maxLength: 3 }),
);

test("more tags than anybody writes are shown as plain text, whatever they are: nobody else waits for them", () => {
  const lines = (count: number): string => "<b>x</b>".repeat(count);
  expect(cleanHtml(lines(1_000))).toBe(lines(1_000));
  expect(cleanHtml(lines(1_001))).toBeNull();
  for (const tag of ["<b>", "<", "<img src='mxc://a/b'>", "</p>", "<unknown>"])
    expect(cleanHtml(`hello${tag.repeat(2_001)}`)).toBeNull();
});

test("whatever is put together, what comes out is on the list, and cleaning it again changes nothing", () => {
  fc.assert(
    fc.property(fc.array(token, { maxLength: 30 }), (tokens) => {
      const clean = cleanHtml(tokens.join(""));
      if (clean === null) return;
      expect(offences(clean)).toEqual([]);
      expect(cleanHtml(clean)).toBe(clean);
    }),
    { numRuns: 1500 },
  );
}, 120_000);
