import { expect, test } from "vitest";
import { isStrong, passwordRules } from "./password-rules.ts";

test.each([
  ["abcdefgh", ["upper", "digit", "symbol"]],
  ["Abcdef1", ["length", "symbol"]],
  ["ABCDEF1!", ["lower"]],
  ["Abcdefg!", ["digit"]],
  ["Abcdefg1", ["symbol"]],
  ["", ["length", "lower", "upper", "digit", "symbol"]],
])("%s lacks %j (REG-12)", (password, missing) => {
  const open = passwordRules(password).flatMap(({ rule, isMet }) => (isMet ? [] : [rule]));
  expect(open).toEqual(missing);
  expect(isStrong(password)).toBe(false);
});

test.each(["Abcdef1!", "Ünïcödé9 ", "Tall-Ships-77"])("%s has everything", (password) => {
  expect(isStrong(password)).toBe(true);
});
