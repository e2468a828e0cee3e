import { flushSync } from "svelte";
import { expect, it, onTestFinished } from "vitest";
import type { RoomId } from "../../preload/contract/ids.ts";
import type { SearchParams, SearchView } from "../../preload/contract/models/search.ts";
import type { Client } from "../bridge/connect.ts";
import { FindingState } from "./finding.svelte.ts";

const roomId = "!r:x" as RoomId;
const foundIn = (text: string): SearchView => ({ results: [], misunderstood: [text] }) as never;

/** A core that answers when it is told to. */
function begin() {
  const open = new Map<string, (view: SearchView) => void>();
  const client = {
    subscribe(
      _topic: string,
      { text }: SearchParams,
      { snapshot }: { snapshot: (view: SearchView) => void },
    ) {
      open.set(text, snapshot);
      return () => open.delete(text);
    },
  } as unknown as Client;
  const finding = new FindingState(client);
  let scope = $state<RoomId | null>(null);
  const shown: (string | null)[] = [];
  onTestFinished(
    $effect.root(() => {
      const search = $derived(finding.search(scope));
      $effect(() => {
        const { view, isAnswered } = search;
        const of = view?.misunderstood[0] ?? null;
        shown.push(isAnswered || of === null ? of : `${of}?`);
      });
    }),
  );
  flushSync();
  return {
    shown,
    type: (text: string): void => {
      finding.text = text;
      flushSync();
    },
    look: (where: RoomId | null): void => {
      scope = where;
      flushSync();
    },
    answer: (text: string): void => {
      open.get(text)?.(foundIn(text));
      flushSync();
    },
    asked: () => [...open.keys()],
  };
}

it("keeps in sight what was found until the next key is answered, and no longer asks for it", () => {
  const { type, answer, shown, asked } = begin();
  type("t");
  answer("t");
  type("ti");
  type("tid");
  expect(asked()).toEqual(["tid"]);
  answer("tid");
  expect(shown).toEqual([null, null, "t", "t?", "t?", "tid"]);
});

it("shows nothing of before once the field was emptied", () => {
  const { type, answer, shown } = begin();
  type("tide");
  answer("tide");
  type("");
  type("s");
  expect(shown.slice(-2)).toEqual([null, null]);
});

it("shows nothing of another room", () => {
  const { type, answer, look, shown } = begin();
  type("tide");
  answer("tide");
  look(roomId);
  expect(shown.at(-1)).toBeNull();
});
