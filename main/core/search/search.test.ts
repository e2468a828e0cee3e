import { describe, expect, it } from "vitest";
import { documentNumber, documentOf, shortTerms } from "./document.ts";
import { fold, foldWithOrigin } from "../fold.ts";
import { isEmpty, parseQuery } from "./query.ts";
import { snippetOf } from "./snippet.ts";

// The pure parts: what was typed, what can be found, and what is shown of it.

describe("folding", () => {
  it.each([
    ["Crème BRÛLÉE", "creme brulee"],
    ["Straße", "strasse"],
    ["Ærø  \n Łódź", "aero lodz"],
    ["ΣΊΣΥΦΟΣ", "σισυφοσ"],
    ["Ёлка Й", "елка и"],
    ["ｆｕｌｌ", "full"],
    ["がぎ 한국", "がぎ 한국"],
    ["zero\u200Bwidth", "zerowidth"],
    ["İstanbul ısı", "istanbul isi"],
    ["e\u0301tude", "etude"],
  ])("%s is %s", (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it("knows where each character came from", () => {
    const { text, origin } = foldWithOrigin("Straße é");
    expect(text).toBe("strasse e");
    expect(origin.at(text.indexOf("e", 7))).toBe(7);
    expect(origin.at(-1)).toBe(8);
  });
});

const day = (year: number, month: number, date: number): number => Date.UTC(year, month - 1, date);

describe("what was typed", () => {
  it("is words, phrases and filters in any order", () => {
    const query = parseQuery('Bird from:ana "the Old  harbour" in:"main room" has:photo after:2024-02', day);
    expect(query.terms).toEqual(["bird", "the old harbour"]);
    expect(query.words).toEqual(["Bird", "the Old  harbour"]);
    expect([query.from, query.in, query.has]).toEqual([["ana"], ["main room"], ["image"]]);
    expect([query.after, query.before]).toEqual([day(2024, 2, 1), null]);
  });

  it("says which filters mean nothing, and takes what is no filter as text", () => {
    const query = parseQuery("has:nothing before:yesterday before:2024-02-31 http://x from:", day);
    expect(query.misunderstood).toEqual(["has:nothing", "before:yesterday", "before:2024-02-31"]);
    expect(query.terms).toEqual(["http://x", "from:"]);
  });

  it("never refuses anything", () => {
    for (const text of ["", '"', '""', "from:", 'from:"', "😀", "a".repeat(500), '" OR 1 NEAR(* ^ -'])
      expect(() => parseQuery(text, day)).not.toThrow();
    expect(isEmpty(parseQuery(' "" ', day))).toBe(true);
  });
});

const event = (content: object, more: object = {}) => ({
  ...{ eventId: "$1", roomId: "!r", type: "m.room.message", sender: "@a:x", ts: 1 },
  ...{ stateKey: null, relType: null, isRedacted: 0, raw: JSON.stringify({ content }) },
  ...more,
});
type Event = Parameters<typeof documentOf>[0];
const doc = (content: object, edits: object[] = [], more: object = {}) =>
  documentOf(event(content, more) as unknown as Event, edits as never);

describe("what can be found", () => {
  it("is the text of the newest whole edit by the same person", () => {
    const edit = (body: unknown, ts: number, sender = "@a:x") => ({
      ...{ eventId: `$e${ts}`, type: "m.room.message", sender, ts },
      raw: JSON.stringify({ content: { "m.new_content": { msgtype: "m.text", body } } }),
    });
    const text = { msgtype: "m.text", body: "first" };
    expect(doc(text, [edit("third", 3), edit("second", 2)])?.text).toBe("third");
    expect(doc(text, [edit("forged", 9, "@b:x")])?.text).toBe("first");
    expect(doc(text, [edit(5, 9)])?.text).toBe("first");
  });

  it("is not the quote before a reply", () => {
    const body = "> <@b:x> old words\n> more\n\nanswer";
    expect(
      doc({ msgtype: "m.text", body, "m.relates_to": { "m.in_reply_to": { event_id: "$0" } } })?.text,
    ).toBe("answer");
    expect(doc({ msgtype: "m.text", body })?.text).toBe(body);
  });

  it("is caption and file name, question and answers; with what kind it is", () => {
    expect(doc({ msgtype: "m.image", body: "look", filename: "a.png", url: "mxc://x/y" })).toEqual({
      text: "look\na.png",
      has: 1,
    });
    expect(doc({ msgtype: "m.text", body: "see https://example.org/a" })?.has).toBe(4);
    const poll = {
      question: { "m.text": [{ body: "Where?" }] },
      answers: [{ "m.text": [{ body: "Here" }] }],
    };
    expect(doc({ "m.poll": poll }, [], { type: "m.poll.start" })?.text).toBe("Where?\nHere");
  });

  it("is nothing of state, edits by themselves and what was redacted, and nothing malformed throws", () => {
    const text = { msgtype: "m.text", body: "words" };
    expect(doc(text, [], { stateKey: "" })).toBeNull();
    expect(doc(text, [], { relType: "m.replace" })).toBeNull();
    expect(doc(text, [], { isRedacted: 1 })).toBeNull();
    for (const body of [null, 5, [], {}, ""]) expect(doc({ msgtype: "m.text", body })).toBeNull();
    expect(doc({ "m.poll": { question: 5, answers: [null, 5] } }, [], { type: "m.poll.start" })).toBeNull();
  });

  it("has a number that rises with time, whatever the time", () => {
    const none = () => false;
    const numbers = [-5, 0, 1, 1_700_000_000_000, 1_700_000_000_001, 8_640_000_000_000_000].map((ts) =>
      documentNumber(ts, "$x", none),
    );
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(numbers.every((number) => Number.isSafeInteger(number))).toBe(true);
    const taken = new Set<number>();
    for (let i = 0; i < 5000; i++) taken.add(documentNumber(7, `$${i}`, (candidate) => taken.has(candidate)));
    expect(taken.size).toBe(5000);
  });

  it("is found by one or two characters at the beginning of words, and anywhere where words have none", () => {
    expect(shortTerms("hello big world")).toBe("h he b bi w wo");
    expect(shortTerms("明日会議 ok").split(" ")).toEqual([
      "明",
      "明日",
      "日",
      "日会",
      "会",
      "会議",
      "議",
      "o",
      "ok",
    ]);
  });
});

describe("the piece that is shown", () => {
  it("marks every match in the original spelling", () => {
    expect(snippetOf("Die Straße, die STRASSE", ["strasse"])).toEqual([
      { text: "Die ", isMatch: false },
      { text: "Straße", isMatch: true },
      { text: ", die ", isMatch: false },
      { text: "STRASSE", isMatch: true },
    ]);
  });

  it("begins shortly before the first match and never cuts a character", () => {
    const parts = snippetOf(`${"😀 filler ".repeat(100)}needle${" 😀".repeat(300)}`, ["needle"]);
    const text = parts.map((part) => part.text).join("");
    expect(text.length).toBeLessThan(220);
    expect(parts.find((part) => part.isMatch)?.text).toBe("needle");
    expect(text.isWellFormed()).toBe(true);
  });

  it("is plain text whatever the text is", () => {
    const text = '<img src=x onerror="alert(1)"> <b>bold</b>';
    expect(
      snippetOf(text, ["bold"])
        .map((part) => part.text)
        .join(""),
    ).toBe(text);
  });

  it("joins what overlaps", () => {
    expect(snippetOf("abcdef", ["abc", "bcd"])).toEqual([
      { text: "abcd", isMatch: true },
      { text: "ef", isMatch: false },
    ]);
  });
});
