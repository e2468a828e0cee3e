import { beforeEach, describe, expect, test } from "vitest";
import type { CallId, RoomId, UserId } from "../../preload/contract/ids.ts";
import type {
  CallsView,
  CallView,
  LocalMedia,
  MediaEffect,
  MediaReport,
} from "../../preload/contract/models/call.ts";
import { MediaDriver } from "./driver.svelte.ts";
import type { OwnMedia, OwnMediaEvents } from "./own-media.svelte.ts";
import type { Peer, PeerEvents } from "./peer.svelte.ts";

const [A, B] = ["A", "B"] as readonly string[] as readonly [CallId, CallId];
const local: LocalMedia = { microphone: true, camera: false, screen: false, isHeld: false };
const opening = { local, iceServers: [], isRelayOnly: false } as const;
const anyCall: CallView = {
  state: "preparing",
  id: A,
  callId: A,
  roomId: "!r" as RoomId,
  peer: { userId: "@ben:x" as UserId, name: "Ben", isAmbiguous: false, avatar: null, isOwn: false },
  direction: "outgoing",
  isVideo: false,
  since: 0,
  local,
};

/** Media whose permission the test gives or refuses. */
class FakeMedia {
  events: OwnMediaEvents = { changed() {}, failed() {}, screenEnded() {} };
  isClosed = false;
  readonly wishes: LocalMedia[] = [];
  #allow: (() => void)[] = [];
  apply(wish: LocalMedia): Promise<void> {
    this.wishes.push(wish);
    return new Promise((done) => this.#allow.push(done));
  }
  allow(): void {
    for (const done of this.#allow.splice(0)) done();
  }
  close(): void {
    this.isClosed = true;
  }
}

class FakePeer {
  readonly media: FakeMedia;
  readonly events: PeerEvents;
  readonly did: string[] = [];
  isClosed = false;
  refuses = false;
  constructor(media: FakeMedia, events: PeerEvents) {
    this.media = media;
    this.events = events;
  }
  #note(what: string): Promise<void> {
    this.did.push(what);
    return this.refuses ? Promise.reject(new Error("refused")) : Promise.resolve();
  }
  makeOffer = async (isIceRestart: boolean) => {
    await this.#note(`offer${isIceRestart ? " restart" : ""}`);
    return { sdp: "offer", streams: [] };
  };
  makeAnswer = async (offer: { sdp: string }) => {
    await this.#note(`answer to ${offer.sdp}`);
    return { sdp: "answer", streams: [] };
  };
  acceptAnswer = (answer: { sdp: string }) => this.#note(`accept ${answer.sdp}`);
  rollBack = () => this.#note("rollback");
  addCandidates = (candidates: readonly unknown[]) => this.#note(`${candidates.length} candidates`);
  setIceServers = () => void this.did.push("servers");
  setHeld = (isHeld: boolean) => this.#note(isHeld ? "hold" : "resume");
  follow = () => this.#note("follow");
  close(): void {
    this.isClosed = true;
  }
}

let media: FakeMedia[];
let peers: FakePeer[];
let reports: (MediaReport & { callId: CallId })[];
let performed: number[];
let driver: MediaDriver;
beforeEach(() => {
  [media, peers, reports, performed] = [[], [], [], []];
  driver = new MediaDriver({
    makeMedia: () => {
      const made = new FakeMedia();
      media.push(made);
      return made as unknown as OwnMedia;
    },
    makePeer: (own, _options, events) => {
      const made = new FakePeer(own as unknown as FakeMedia, events);
      peers.push(made);
      return made as unknown as Peer;
    },
    report: (callId, report) => void reports.push({ callId, ...report }),
    performed: (through) => void performed.push(through),
  });
});

function take(effects: readonly MediaEffect[], part: Partial<CallsView> = {}): Promise<void> {
  driver.take({ calls: [anyCall], media: effects, isDriver: true, ...part });
  return settled();
}
const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

const open: MediaEffect = { number: 5, callId: A, do: "open", ...opening };
const offer: MediaEffect = { number: 6, callId: A, do: "makeOffer", round: 1, isIceRestart: false };

describe("the order of things", () => {
  test("the offer waits for the user's leave, and what is done is told in order", async () => {
    await take([open, offer]);
    expect(peers[0]?.did).toEqual([]);
    expect(performed).toEqual([]);
    media[0]?.allow();
    await settled();
    expect(peers[0]?.did).toEqual(["offer"]);
    expect(reports).toEqual([{ callId: A, kind: "offerReady", round: 1, sdp: "offer", streams: [] }]);
    expect(performed.at(-1)).toBe(6);
  });

  test("effects that come again with every change are done once", async () => {
    await take([open, offer]);
    await take([open, offer]);
    media[0]?.allow();
    await settled();
    await take([open, offer]);
    expect(media).toHaveLength(1);
    expect(peers[0]?.did).toEqual(["offer"]);
  });

  test("nothing later is told as done while something earlier is not", async () => {
    await take([open, { number: 6, callId: B, do: "rollback" }]);
    expect(performed).toEqual([]);
    media[0]?.allow();
    await settled();
    expect(performed).toEqual([6]);
  });

  test("effects of a call that is not here are skipped, and told as done", async () => {
    await take([{ ...offer, callId: B }]);
    expect([reports, performed]).toEqual([[], [6]]);
  });

  test("a core that was started anew counts from 1 again: its effects are not taken for old ones", async () => {
    await take([open]);
    await take([], { calls: [] });
    expect([peers[0]?.isClosed, media[0]?.isClosed]).toEqual([true, true]);
    await take([{ ...open, number: 1, callId: B }]);
    expect(peers).toHaveLength(2);
  });
});

describe("closing", () => {
  test("does not wait for a permission nobody has given yet, and nothing of the call happens afterwards", async () => {
    await take([open, offer, { number: 7, callId: A, do: "close" }]);
    expect([peers[0]?.isClosed, media[0]?.isClosed]).toEqual([true, true]);
    media[0]?.allow();
    await settled();
    expect([peers[0]?.did, reports]).toEqual([[], []]);
    expect(performed.at(-1)).toBe(7);
  });

  test("a page that is no longer the driver lets go of everything", async () => {
    await take([open]);
    await take([], { isDriver: false });
    expect([peers[0]?.isClosed, media[0]?.isClosed]).toEqual([true, true]);
  });
});

describe("glare: both have called", () => {
  const handOver: MediaEffect = { number: 7, callId: B, do: "handOver", from: A, ...opening };
  const answer: MediaEffect = {
    number: 8,
    callId: B,
    do: "makeAnswer",
    round: 1,
    offer: { type: "offer", sdp: "theirs" },
  };

  test("the surviving call takes the open microphone over: nothing is asked again, nothing stops", async () => {
    await take([open, offer]);
    media[0]?.allow();
    await settled();
    await take([handOver, answer]);
    media[0]?.allow();
    await settled();
    expect(media).toHaveLength(1);
    expect(media[0]?.isClosed).toBe(false);
    expect(peers.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    expect(peers[1]?.media).toBe(media[0]);
    expect(peers[1]?.did).toEqual(["answer to theirs"]);
  });

  test("also while the question is still open: one question, and its answer serves the other call", async () => {
    await take([open, offer, handOver, answer]);
    expect(media).toHaveLength(1);
    media[0]?.allow();
    await settled();
    expect(peers[0]?.did).toEqual([]);
    expect(peers[1]?.did).toEqual(["answer to theirs"]);
    expect(reports.map(({ callId, kind }) => [callId, kind])).toEqual([[B, "answerReady"]]);
    expect(performed.at(-1)).toBe(8);
  });

  test("the loser's close comes late and touches nothing of the winner", async () => {
    await take([open, handOver, { number: 9, callId: A, do: "close" }]);
    expect([media[0]?.isClosed, peers[1]?.isClosed]).toEqual([false, false]);
  });

  test("a device that fails now is reported for the call that has it", async () => {
    await take([open, handOver]);
    media[0]?.events.failed("microphone", "missing");
    expect(reports).toEqual([{ callId: B, kind: "mediaFailed", part: "microphone", why: "missing" }]);
  });
});

describe("in a call", () => {
  beforeEach(async () => {
    await take([open]);
    media[0]?.allow();
    await settled();
  });

  test("wishes are carried out one after the other: media, then hold, then what is sent", async () => {
    await take([
      { number: 6, callId: A, do: "setLocal", local: { ...local, isHeld: true } },
      { number: 7, callId: A, do: "addCandidates", candidates: [{ candidate: "c" }] },
    ]);
    expect(peers[0]?.did).toEqual([]);
    media[0]?.allow();
    await settled();
    expect(peers[0]?.did).toEqual(["hold", "follow", "1 candidates"]);
  });

  test("a description that WebRTC refuses is told, with its round, and the queue goes on", async () => {
    if (peers[0]) peers[0].refuses = true;
    await take([
      { number: 6, callId: A, do: "acceptAnswer", round: 3, answer: { type: "answer", sdp: "bad" } },
      { number: 7, callId: A, do: "rollback" },
    ]);
    expect(reports).toEqual([{ callId: A, kind: "descriptionFailed", round: 3 }]);
    expect(performed.at(-1)).toBe(7);
  });

  test("what the connection and the system say is passed on; of a call that is over, nothing", async () => {
    peers[0]?.events.connection("failed");
    peers[0]?.events.candidates([], true);
    peers[0]?.events.negotiationNeeded();
    media[0]?.events.screenEnded();
    expect(reports.map(({ kind }) => kind)).toEqual([
      "connection",
      "candidates",
      "negotiationNeeded",
      "screenEnded",
    ]);
    await take([{ number: 6, callId: A, do: "close" }]);
    peers[0]?.events.connection("disconnected");
    expect(reports).toHaveLength(4);
  });
});
