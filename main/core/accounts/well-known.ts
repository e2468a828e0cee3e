import { isObject, objectOf, stringOf } from "../event.ts";
import { failed, ok, type Failure, type Result } from "../failure.ts";
import { exchange, readText } from "../homeserver/exchange.ts";
import type { Platform } from "../platform.ts";
import { parseBaseUrl } from "./address.ts";

/** The specification's outcomes; `error` is FAIL_ERROR, `prompt` FAIL_PROMPT. */
export type WellKnown =
  | { readonly outcome: "found"; readonly baseUrl: string }
  | { readonly outcome: "ignore" }
  | { readonly outcome: "prompt" | "error"; readonly failure: Failure };

const MAX_REDIRECTS = 5;
const TIMEOUT_MS = 10_000;

/**
 * Reads `/.well-known/matrix/client` of a host, always over https. `m.identity_server` is not looked at: we use
 * none, and a broken one is no reason to keep somebody out.
 */
export async function fetchWellKnown(
  platform: Pick<Platform, "clock" | "fetch">,
  host: string,
): Promise<WellKnown> {
  const page = await fetchPage(platform, new URL(`https://${host}/.well-known/matrix/client`));
  if (!page.ok) return { outcome: "prompt", failure: page.failure };
  const { status, text } = page.value;
  if (status === 404) return { outcome: "ignore" };
  const malformed: Failure = { kind: "malformed", message: "well-known", status };
  if (status !== 200) return { outcome: "prompt", failure: malformed };
  const found = baseUrlIn(text);
  if (found === null) return { outcome: "prompt", failure: malformed };
  const baseUrl = parseBaseUrl(found);
  return baseUrl === null ? { outcome: "error", failure: malformed } : { outcome: "found", baseUrl };
}

/** What the file gives as the homeserver's base URL, unchecked. */
function baseUrlIn(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? stringOf(objectOf(body, "m.homeserver"), "base_url") : null;
  } catch {
    return null;
  }
}

interface Page {
  readonly status: number;
  readonly text: string;
}

async function fetchPage(platform: Pick<Platform, "clock" | "fetch">, start: URL): Promise<Result<Page>> {
  let url = start;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const step = await exchange(
      platform,
      { method: "GET", url, headers: {}, timeoutMs: TIMEOUT_MS, bodyTimeoutMs: TIMEOUT_MS },
      async (answer): Promise<Result<Page> | URL> => {
        const next = answer.status >= 300 && answer.status < 400 ? answer.headers.get("location") : null;
        // Only ever over https, or anybody on the way could name the server that gets the password.
        if (next !== null && URL.canParse(next, url.href) && new URL(next, url.href).protocol === "https:")
          return new URL(next, url.href);
        const text = await readText(answer, 100_000);
        return text.ok ? ok({ status: answer.status, text: text.value }) : text;
      },
    );
    if (!step.ok) return step;
    if (!(step.value instanceof URL)) return step.value;
    url = step.value;
  }
  return failed({ kind: "malformed", message: "well-known redirects too often" });
}
