import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { build } from "vite";

/** The page with matrix-js-sdk's call code, served on 127.0.0.1. */
export interface JsSdkSite {
  readonly url: string;
  stop(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
};

/** Bundles the page anew and serves it, from memory. */
export async function serveJsSdk(): Promise<JsSdkSite> {
  const files = await bundle();
  const server = createServer((request, answer) => {
    const path = (request.url ?? "/").split("?")[0] === "/" ? "/index.html" : (request.url ?? "");
    const body = files.get(path);
    if (body === undefined) return void answer.writeHead(404).end();
    answer.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Paths from "/" on, and what they hold. */
async function bundle(): Promise<ReadonlyMap<string, Buffer>> {
  const outDir = mkdtempSync(join(tmpdir(), "dunlin-js-sdk-"));
  try {
    await build({
      root: import.meta.dirname,
      configFile: false,
      logLevel: "error",
      // The SDK asks whether it runs under a test of its own.
      define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
      build: {
        outDir,
        emptyOutDir: true,
        target: "es2024",
        minify: false,
        // Encryption is fetched when it is asked for, which calls in clear text never do.
        rollupOptions: { external: ["@matrix-org/matrix-sdk-crypto-wasm"] },
      },
    });
    const names = readdirSync(outDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return new Map(
      names.map((name) => [name.slice(outDir.length).replaceAll("\\", "/"), readFileSync(name)]),
    );
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}
