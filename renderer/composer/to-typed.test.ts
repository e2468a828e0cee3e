import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { MessageContent } from "../../preload/contract/models/message-content.ts";
import type { MessageBody } from "../../preload/contract/models/timeline.ts";
import { prepareFormatting } from "./formatting.ts";
import { toContent } from "./to-content.ts";
import { toTyped } from "./to-typed.ts";

beforeAll(() => prepareFormatting());

/** What stands in the field when this is edited. */
function editing({ msgtype, body, formatted_body }: MessageContent): string {
  const typed = toTyped(msgtype.slice(2) as MessageBody["type"], body, formatted_body ?? null, []);
  if (typed === null) throw new Error("no formats");
  return typed;
}
function sent(typed: string): MessageContent {
  const { content } = toContent(typed);
  if (content === null) throw new Error(typed);
  return content;
}

const hasElements = (html: string): boolean =>
  new DOMParser().parseFromString(html, "text/html").body.childElementCount > 0;

test.each([
  ["hello", "hello"],
  ["**loud** and https://example.org/a", "**loud** and https://example.org/a"],
  ["# Head\n\n- one\n- two\n\n```js\nlet a;\n```", "# Head\n\n- one\n- two\n\n```js\nlet a;\n```"],
  ["$x^2$ and ||hidden||", "$x^2$ and ||hidden||"],
  ["/me waves *both* hands", "/me waves *both* hands"],
  ["/notice *mind* the gap", "/notice *mind* the gap"],
  ["//slash", "//slash"],
  ["/usr/bin", "//usr/bin"],
  ["/plain /x", "//x"],
  ["/plain *stars* _and_ lines", "/plain *stars* _and_ lines"],
  ["/plain nothing to see", "nothing to see"],
  ["/html <b>bold</b> <i>thin</i>", "/html <b>bold</b> <i>thin</i>"],
  ["/html **bold** & more", "/html **bold** & more"],
  ["/rainbow all of them", "/rainbow all of them"],
  ["/spoiler the butler", "||the butler||"],
  ["/shrug", "/shrug"],
  ["/shrug who knows", "/shrug who knows"],
  ["/tableflip", "(╯°□°)╯︵ ┻━┻"],
])("%j is edited as %j, and says the same again", (typed, shown) => {
  const content = sent(typed);
  expect(editing(content)).toBe(shown);
  expect(sent(shown)).toEqual(content);
});

test("of whatever was typed, what stands in the field sends the same message", () => {
  const bits = fc.constantFrom(
    ...[
      "*",
      "**",
      "_",
      "`",
      "~~",
      "||",
      "$",
      "\\",
      "#",
      "- ",
      "> ",
      "<b>",
      "</b>",
      "&amp;",
      "/",
      "//",
      "@",
      "|",
    ],
    ...[
      "word",
      "wörd",
      " ",
      "\n",
      "\n\n",
      "😀",
      "https://example.org/_a_",
      "[a](https://b.cd)",
      "1. ",
      "```",
    ],
    ...["¯\\_(ツ)_/¯", "@ben:example.org", "---"],
  );
  const command = fc.constantFrom(
    "",
    "",
    "/plain ",
    "/html ",
    "/me ",
    "/notice ",
    "/shrug ",
    "/rainbow ",
    "/spoiler ",
  );
  fc.assert(
    fc.property(command, fc.array(bits, { minLength: 1, maxLength: 9 }), (name, parts) => {
      const { content } = toContent(name + parts.join(""));
      fc.pre(content !== null);
      const { formatted_body, format, ...words } = content;
      const again = sent(editing(content));
      // HTML without an element is the plain text that it is.
      const isPlain = formatted_body !== undefined && again.formatted_body === undefined;
      expect(again).toEqual(isPlain ? words : content);
      expect(isPlain && (format === undefined || hasElements(formatted_body))).toBe(false);
    }),
    { numRuns: 600 },
  );
});

test("what cleaning has changed of its HTML does not make another message of it", () => {
  const clean = '<p><b>loud</b> <a href="https://example.org/">https://example.org</a></p>';
  expect(toTyped("text", "**loud** https://example.org", clean, [])).toBe("**loud** https://example.org");
});
