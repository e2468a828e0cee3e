import type { LinkPreview } from "../../../preload/contract/models/link-preview.ts";
import type { Handlers } from "../api.ts";
import { failed, FailureError, ok, type Failure, type Result } from "../failure.ts";
import { createGate } from "../gate.ts";
import type { Clock } from "../platform.ts";

export interface LinkPreviewDeps {
  readonly clock: Pick<Clock, "monotonic">;
  /** The settings want previews. */
  readonly isWanted: () => boolean;
  readonly fetch: (url: string) => Promise<Result<LinkPreview | null>>;
}

/** Previews remembered, nothing of them on disk: they go with the run (RED-02). */
const KEPT = 500;
/** Servers bear few at a time. */
const AT_ONCE = 3;
/** A page the server could not get, or that says nothing of itself, is asked for again after so many ms. */
const NOTHING_MS = 10 * 60_000;
/** The same where nobody answered: it says nothing of the page. */
const UNANSWERED_MS = 30_000;

type Answer = Result<LinkPreview | null>;
interface Asked {
  readonly answer: Promise<Answer>;
  /** When it is worth another question, on the monotonic clock. */
  until: number;
}

/** What stands behind links: each asked of the homeserver once, and of nobody while it is not wanted. */
export function createLinkPreviews(deps: LinkPreviewDeps): Pick<Handlers, "loadLinkPreview"> {
  const { clock } = deps;
  const gate = createGate(AT_ONCE);
  /** Those to be asked next stand last: whoever scrolls on wants to see what is in view now, not what was passed. */
  const waiting: { readonly url: string; readonly resolve: (answer: Promise<Answer>) => void }[] = [];
  const asked = new Map<string, Asked>();
  /** The server wants to be left alone until then, and why. */
  let limited: { readonly failure: Failure; readonly until: number } | null = null;

  async function load(url: string): Promise<{ readonly answer: Answer; readonly until: number }> {
    const now = (): number => clock.monotonic();
    let answer = await turn(url, "next");
    // The server may go on with it meanwhile, and have it then.
    if (!answer.ok && answer.failure.kind === "timeout") answer = await turn(url, "last");
    if (answer.ok) return { answer, until: answer.value === null ? now() + NOTHING_MS : Infinity };
    const { kind, status } = answer.failure;
    if (kind === "limited") return { answer, until: limited?.until ?? now() };
    // A page the server cannot get, it will not get soon: it says so by a refusal, or by a failure of its own.
    if (status !== undefined && kind !== "unauthorized")
      return { answer: ok(null), until: now() + NOTHING_MS };
    return { answer, until: now() + UNANSWERED_MS };
  }

  /** A place that becomes free is for whoever is wanted most by then. */
  function turn(url: string, place: "next" | "last"): Promise<Answer> {
    return new Promise((resolve) => {
      if (place === "next") waiting.push({ url, resolve });
      else waiting.unshift({ url, resolve });
      void gate(async () => {
        const one = waiting.pop();
        if (one === undefined) return;
        const answer = question(one.url);
        one.resolve(answer);
        await answer.catch(() => undefined);
      });
    });
  }

  /** It is in view again. */
  function raise(url: string): void {
    const at = waiting.findIndex((one) => one.url === url);
    if (at >= 0) waiting.push(...waiting.splice(at, 1));
  }

  /** Whoever waited while the server said that it has enough does not ask. */
  async function question(url: string): Promise<Answer> {
    if (limited !== null && clock.monotonic() < limited.until) return failed(limited.failure);
    const answer = await deps.fetch(url);
    if (!answer.ok && answer.failure.kind === "limited") {
      const { failure } = answer;
      limited = { failure, until: clock.monotonic() + (failure.retryAfterMs ?? UNANSWERED_MS) };
    }
    return answer;
  }

  function ask(url: string): Asked {
    const loading = load(url);
    const one: Asked = { answer: loading.then(({ answer }) => answer), until: Infinity };
    void loading.then(({ until }) => (one.until = until));
    return one;
  }

  return {
    async loadLinkPreview({ url: written }) {
      const url = pageIn(written);
      if (url === null || !deps.isWanted()) return { preview: null };
      raise(url);
      const before = asked.get(url);
      const one = before !== undefined && clock.monotonic() < before.until ? before : ask(url);
      asked.delete(url);
      asked.set(url, one);
      if (asked.size > KEPT) asked.delete(asked.keys().next().value ?? "");
      const answer = await one.answer;
      if (!answer.ok) throw new FailureError(answer.failure);
      return { preview: answer.value };
    },
  };
}

/** A web page; one behind a name and a password is nobody else's business. */
function pageIn(written: string): string | null {
  const url = URL.parse(written);
  if (url === null || !["https:", "http:"].includes(url.protocol)) return null;
  return url.username === "" && url.password === "" ? url.href : null;
}
