// Who may import whom (architecture.md, section 3), checked by dependency-cruiser in `npm run check`.
// A rule reads: what starts with `from` must not reach `to`.

const features =
  "export|stickers|rooms|directory|people|spaces|timeline|sending|media|calls|notifications|settings|accounts";
const tests = "\\.(test|model|test-suite)\\.ts$|fake-platform\\.ts$|^main/core/testing/";

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-orphans",
      severity: "error",
      from: {
        orphan: true,
        pathNot: ["\\.d\\.ts$", "vite-env", tests, "\\.config/", "^main/launch/", "^e2e/"],
      },
      to: {},
    },
    {
      name: "contract-imports-itself-only",
      severity: "error",
      from: { path: "^preload/contract", pathNot: "\\.test\\.ts$" },
      to: { pathNot: ["^preload/contract", "node_modules/zod"] },
    },
    {
      name: "schemas-are-mains-alone",
      severity: "error",
      from: { path: "^(renderer|e2e|preload/preload)", pathNot: tests },
      to: { path: "^preload/contract/((room|host)-)?schemas" },
    },
    {
      name: "lib-imports-nothing-of-ours",
      severity: "error",
      from: { path: "^main/lib", pathNot: tests },
      to: { path: "^(main/core|main/hosts|preload|renderer|e2e)" },
    },
    {
      name: "core-knows-no-host",
      severity: "error",
      from: { path: "^main/core", pathNot: tests },
      to: { path: "^(main/hosts|renderer|e2e)|node_modules/(electron|ws)/" },
    },
    {
      name: "store-stands-alone",
      severity: "error",
      from: { path: "^main/core/store/", pathNot: tests },
      to: { path: "^main/core/[^/]+/", pathNot: "^main/core/store/" },
    },
    {
      name: "only-store-has-sqlite",
      severity: "error",
      from: { path: "^(main|renderer|preload)", pathNot: ["^main/core/store/", tests] },
      to: { path: "node_modules/(better-sqlite3|@types/better-sqlite3)/" },
    },
    {
      name: "homeserver-knows-no-store",
      severity: "error",
      from: { path: "^main/core/homeserver/", pathNot: tests },
      to: { path: "^main/core/[^/]+/", pathNot: "^main/core/homeserver/" },
    },
    {
      name: "features-do-not-import-each-other",
      severity: "error",
      from: { path: `^main/core/(${features})/`, pathNot: tests },
      to: { path: `^main/core/(${features}|sync)/`, pathNot: "^main/core/$1/" },
    },
    {
      name: "sync-is-handed-its-features",
      severity: "error",
      from: { path: "^main/core/sync/", pathNot: tests },
      to: { path: `^main/core/(${features})/` },
    },
    {
      name: "pure-files-import-types-and-pure-files",
      severity: "error",
      from: {
        path: "^main/core/(timeline/(items|differ)|sync/parse|sending/decide|calls/(machine|on-[a-z]+|negotiation|turn|state|sdp|view|limits)|rooms/(name|section|power|account-data)|notifications/(rules|glob|property|permission|default-rules|push-levels|push-operations|build-notice|words))\\.ts$",
      },
      to: { path: "^node:|main/core/(store|homeserver|platform)", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "hosts-see-only-the-cores-face",
      severity: "error",
      from: { path: "^main/hosts", pathNot: tests },
      to: { path: "^main/core/", pathNot: "^main/core/(core|api|platform|failure)\\.ts$" },
    },
    {
      name: "renderer-never-imports-main",
      severity: "error",
      from: { path: "^renderer" },
      to: { path: "^(main|e2e|preload/preload)|^node:" },
    },
    {
      name: "ui-and-text-know-nothing",
      severity: "error",
      from: { path: "^renderer/(ui|text)/", pathNot: tests },
      to: {
        path: "^renderer/(bridge|state|screens|rooms|timeline|composer|outbox|settings|calls|create|export|find|people|room-details|spaces|switcher)/",
      },
    },
    {
      name: "state-knows-no-feature",
      severity: "error",
      from: { path: "^renderer/state/", pathNot: tests },
      to: {
        path: "^renderer/(ui|screens|rooms|timeline|composer|outbox|settings|calls|create|export|find|people|room-details|spaces|switcher)/",
      },
    },
    {
      name: "renderer-features-do-not-import-each-other",
      severity: "error",
      from: {
        path: "^renderer/(rooms|timeline|composer|outbox|settings|calls|create|export|find|people|room-details|spaces|switcher)/",
        pathNot: tests,
      },
      to: {
        path: "^renderer/(rooms|timeline|composer|outbox|settings|calls|create|export|find|people|room-details|spaces|switcher|screens)/",
        pathNot: "^renderer/$1/",
      },
    },
    {
      name: "e2e-drives-from-outside",
      severity: "error",
      from: { path: "^e2e" },
      to: { path: "^(main/(core|hosts|lib)|renderer)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(out|dist)/" },
    tsPreCompilationDeps: true,
    // Not main/tsconfig.json: bare names are looked for beside it first, and "electron" is not our main/electron.ts.
    tsConfig: { fileName: ".config/tsconfig.base.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".mjs", ".svelte"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
