import { expect, it } from "vitest";
import { aclSentences } from "./server-acl.ts";

it.each([
  [{ allow: ["*"], deny: [], allowsIpLiterals: true }, ["Every server may take part."]],
  [
    { allow: ["*"], deny: ["bad.example", "*.worse.example"], allowsIpLiterals: false },
    [
      "Every server may take part.",
      "Shut out: bad.example, all below worse.example.",
      "Servers without a name are shut out.",
    ],
  ],
  [{ allow: [], deny: [], allowsIpLiterals: true }, ["No server may take part."]],
  [
    { allow: ["ours.org", "*.a*.org"], deny: [], allowsIpLiterals: true },
    ["Only these servers may take part: ours.org, *.a*.org."],
  ],
])("%j", (acl, sentences) => {
  expect(aclSentences(acl)).toEqual(sentences);
});
