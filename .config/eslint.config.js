import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

const root = new URL("..", import.meta.url).pathname;

// Names that only the file which wraps them may use (architecture.md, section 3). Time and chance come from
// Platform: that is what makes every test of the core deterministic.
const bannedInCore = [
  "error",
  ...["setTimeout", "setInterval", "setImmediate", "fetch", "performance"].map((name) => ({
    name,
    message: "Use the Platform's clock or fetch.",
  })),
];
const bannedMembers = [
  "error",
  { object: "Date", property: "now", message: "Use Platform.clock.now()." },
  { object: "Math", property: "random", message: "Use Platform.random." },
];

export default ts.config(
  { ignores: ["node_modules/**", "out/**", "dist/**", "**/*.d.ts"] },
  ...ts.configs.recommendedTypeChecked.map((c) => ({ ...c, files: ["**/*.ts", "**/*.svelte"] })),
  ...svelte.configs.recommended,
  {
    files: ["**/*.ts", "**/*.svelte"],
    languageOptions: {
      parserOptions: {
        project: [
          "preload/tsconfig.json",
          "main/tsconfig.json",
          "renderer/tsconfig.json",
          "e2e/tsconfig.json",
        ],
        tsconfigRootDir: root,
        extraFileExtensions: [".svelte"],
      },
    },
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-explicit-any": "error",
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  {
    files: ["**/*.svelte"],
    languageOptions: { parserOptions: { parser: ts.parser }, globals: globals.browser },
    rules: {
      // Only text/Html.svelte may put HTML into the page, after DOMPurify.
      "svelte/no-at-html-tags": "error",
      // One `let` takes all props, those that are bound and those that are not.
      "prefer-const": ["error", { destructuring: "all" }],
      // ESLint sees every imported component as `any`; svelte-check knows their types and checks these uses.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  { files: ["**/*.svelte.ts"], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    files: ["main/core/**/*.ts"],
    ignores: ["**/*.test.ts", "**/*.model.ts", "main/core/store/checkpoint-worker.ts"],
    rules: { "no-restricted-globals": bannedInCore, "no-restricted-properties": bannedMembers },
  },
  {
    files: ["**/*.test.ts", "e2e/**/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off", "no-console": "off" },
  },
);
