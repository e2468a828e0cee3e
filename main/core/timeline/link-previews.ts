import type { LinkPreview } from "../../../preload/contract/models/link-preview.ts";
import type { Handlers } from "../api.ts";
import { FailureError, type Result } from "../failure.ts";

export interface LinkPreviewDeps {
  /** The settings want previews. */
  readonly isWanted: () => boolean;
  readonly fetch: (url: string) => Promise<Result<LinkPreview | null>>;
}

/** Previews remembered, nothing of them on disk: they go with the run (RED-02). */
const KEPT = 500;
/** Servers bear few at a time. */
const AT_ONCE = 3;

/** What stands behind links, each asked of the homeserver once, and of nobody while it is not wanted. */
export function createLinkPreviews(deps: LinkPreviewDeps): Pick<Handlers, "loadLinkPreview"> {
  const known = new Map<string, Promise<LinkPreview | null>>();
  const waiting: (() => void)[] = [];
  let underWay = 0;

  async function load(url: string): Promise<LinkPreview | null> {
    if (underWay >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    underWay += 1;
    try {
      const answer = await deps.fetch(url);
      if (answer.ok) return answer.value;
      const { kind, status } = answer.failure;
      // A page the server cannot get, it will not get soon: it says so by a refusal, or by a failure of its own.
      if (status !== undefined && kind !== "limited" && kind !== "unauthorized") return null;
      known.delete(url);
      throw new FailureError(answer.failure);
    } finally {
      underWay -= 1;
      waiting.shift()?.();
    }
  }

  return {
    async loadLinkPreview({ url: written }) {
      const url = pageIn(written);
      if (url === null || !deps.isWanted()) return { preview: null };
      const found = known.get(url) ?? load(url);
      known.delete(url);
      known.set(url, found);
      if (known.size > KEPT) known.delete(known.keys().next().value ?? "");
      return { preview: await found };
    },
  };
}

/** A web page; one behind a name and a password is nobody else's business. */
function pageIn(written: string): string | null {
  const url = URL.parse(written);
  if (url === null || !["https:", "http:"].includes(url.protocol)) return null;
  return url.username === "" && url.password === "" ? url.href : null;
}
