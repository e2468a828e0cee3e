/** What the build writes into the page (.config/vite.renderer.ts). */
interface ImportMetaEnv {
  /** Of package.json: the page and the core are always of one version. */
  readonly DUNLIN_VERSION: string;
}
