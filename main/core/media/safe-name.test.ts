import { expect, it } from "vitest";
import { safeName } from "./safe-name.ts";

it.each([
  ["photo.jpg", "photo.jpg"],
  ["Übersicht 2026 (neu).pdf", "Übersicht 2026 (neu).pdf"],
  ["写真.png", "写真.png"],
  ["../../etc/passwd", "passwd"],
  ["..\\..\\x.exe", "x.exe"],
  ["/", "file"],
  ["..", "file"],
  [".bashrc", "bashrc"],
  ["CON", "_CON"],
  ["nul.txt", "_nul.txt"],
  ["com1.tar.gz", "_com1.tar.gz"],
  ["company.txt", "company.txt"],
  ["a\0b\r\n.txt", "ab .txt"],
  ["gnp.\u202Eexe", "gnp.exe"],
  ['a:b|c?d*e<f>g"h', "a_b_c_d_e_f_g_h"],
  ["trailing. . ", "trailing"],
  ["-rf", "rf"],
  ["", "file"],
  [`${"x".repeat(300)}.jpeg`, `${"x".repeat(115)}.jpeg`],
])("%j is saved as %j", (name, safe) => {
  expect(safeName(name)).toBe(safe);
});
