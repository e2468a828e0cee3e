// What a password needs (REG-12, PWD-06). Pure.

export type PasswordRule = "length" | "lower" | "upper" | "digit" | "symbol";

/** All rules, in the order they are shown, and whether the password meets them. */
export const passwordRules = (
  password: string,
): readonly { readonly rule: PasswordRule; readonly isMet: boolean }[] => [
  // Characters as a person counts them.
  { rule: "length", isMet: [...password].length >= 8 },
  { rule: "lower", isMet: /\p{Ll}/u.test(password) },
  { rule: "upper", isMet: /\p{Lu}/u.test(password) },
  { rule: "digit", isMet: /\p{Nd}/u.test(password) },
  { rule: "symbol", isMet: /[^\p{L}\p{N}]/u.test(password) },
];

export const isStrong = (password: string): boolean => passwordRules(password).every(({ isMet }) => isMet);
