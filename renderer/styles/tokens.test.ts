import { describe, expect, test } from "vitest";
import css from "./tokens.css?raw";
import { contrast, parseColour, tokenPairs } from "./contrast.ts";

const twoSchemes = ["light", "dark"] as const;
const themes = [":root", '[data-theme="high-contrast"]'] as const;

/** Text token, the grounds it stands on, and the least contrast (WCAG 2.2: 1.4.3 and 1.4.11). */
const rules: readonly (readonly [string, readonly string[], number])[] = [
  [
    "--text",
    [
      "--ground",
      "--panel",
      "--raised",
      "--field",
      "--selected",
      "--own",
      "--code-ground",
      "--mention-ground",
    ],
    7,
  ],
  ["--text-2", ["--ground", "--panel", "--raised", "--selected", "--own", "--mention-ground"], 4.5],
  [
    "--text-3",
    ["--ground", "--panel", "--raised", "--field", "--selected", "--own", "--mention-ground"],
    4.5,
  ],
  ["--on-accent", ["--accent", "--accent-hover"], 4.5],
  ["--accent-text", ["--ground", "--panel", "--raised", "--selected", "--own", "--accent-soft"], 4.5],
  ["--code-keyword", ["--code-ground"], 4.5],
  ["--code-string", ["--code-ground"], 4.5],
  ["--code-number", ["--code-ground"], 4.5],
  ["--text-3", ["--code-ground"], 4.5],
  ["--on-danger", ["--danger", "--danger-hover"], 4.5],
  ["--danger-text", ["--ground", "--panel", "--raised", "--selected", "--own", "--danger-soft"], 4.5],
  ["--warning-text", ["--ground", "--panel", "--raised", "--selected", "--warning-soft"], 4.5],
  ["--text", ["--warning-soft", "--danger-soft", "--accent-soft"], 4.5],
  ["--success-text", ["--ground", "--panel", "--raised"], 4.5],
  ["--on-badge", ["--badge"], 4.5],
  ["--on-tooltip", ["--tooltip-ground"], 4.5],
  ["--line-strong", ["--ground", "--panel", "--field", "--raised"], 3],
  ["--focus", ["--ground", "--panel", "--raised", "--selected"], 3],
  ...Array.from(
    { length: 12 },
    (_, n) => [`--member-${n + 1}`, ["--ground", "--panel", "--mention-ground"], 4.5] as const,
  ),
  ...Array.from({ length: 12 }, (_, n) => ["--on-avatar", [`--avatar-${n + 1}`], 4.5] as const),
];

describe.each(themes)("%s", (theme) => {
  const root = tokenPairs(css, ":root");
  const tokens = theme === ":root" ? root : new Map([...root, ...tokenPairs(css, theme)]);
  test.each(twoSchemes)("every text is readable on its ground when the scheme is %s", (scheme) => {
    const colour = (name: string): readonly number[] => parseColour(tokens.get(name)?.[scheme] ?? "");
    const tooWeak = rules.flatMap(([front, grounds, least]) =>
      grounds
        .map((ground) => ({ front, ground, ratio: contrast(colour(front), colour(ground)) }))
        .filter(({ ratio }) => !(ratio >= least))
        .map(({ ratio, ...pair }) => ({ ...pair, ratio: Number(ratio.toFixed(2)), least })),
    );
    expect(tooWeak).toEqual([]);
  });
});

test("black on white is 21:1", () => {
  expect(contrast(parseColour("oklch(0 0 0)"), parseColour("oklch(1 0 0)"))).toBeCloseTo(21, 1);
});
