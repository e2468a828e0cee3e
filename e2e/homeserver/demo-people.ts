import type { Homeserver, RawEvent } from "./index.ts";

const READING_MS = 500;
const TYPING_MS = 1_200;

/** What is answered, by what the message is about; the last rule takes everything. */
const ANSWERS: readonly (readonly [about: RegExp, answers: readonly string[]])[] = [
  [
    /\b(hi|hello|hey|moin|good (morning|evening))\b/i,
    ["Hey you! Good to hear from you.", "Hello! I was just thinking of tea."],
  ],
  [
    /\b(bus|train|when|time|o'clock|\d:\d\d)\b/i,
    [
      "The early one, I think. I will be at the stop either way.",
      "Let me look… 7:25, but it is never on time.",
    ],
  ],
  [
    /\b(bird|dunlin|knot|curlew|flock|wader|plover)/i,
    ["How many were there? I want to hear everything.", "Oh, lovely! In which light?"],
  ],
  [/\b(thanks|thank you|cheers)\b/i, ["Always!", "With pleasure."]],
  [/\b(soup|bread|cake|eat|food|cook|recipe)/i, ["Now I am hungry.", "Save me a bowl, I am serious."]],
  [
    /\b(code|bug|test|program|script)/i,
    ["Did you try it with an empty list? It is always the empty list.", "Show me the line, I am curious."],
  ],
  [
    /\?\s*$/,
    [
      "Good question. My heart says yes, my calendar says let me check.",
      "I think so! Ask me again after coffee.",
    ],
  ],
  [/!\s*$/, ["Ha, I like your energy today!", "Yes!"]],
  [
    /(?:)/,
    [
      "I see what you mean.",
      "Tell me more, I have a fresh cup of tea here.",
      "That made me smile.",
      "Noted. And what happened then?",
    ],
  ],
];

const PICTURE_ANSWERS = ["What a picture! Where is that?", "Oh, this one goes on my fridge."];

/** The others come alive: whoever we write to directly reads it, types for a second and answers. */
export function startDemoPeople(hs: Homeserver): { stop(): void } {
  const { world } = hs;
  const me = world.user("wren").userId;
  const timers = new Set<NodeJS.Timeout>();
  let turn = 0;
  const later = (ms: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };
  const answer = (roomId: string, other: string, event: RawEvent): void => {
    later(READING_MS, () => {
      world.receipt(roomId, other, event.event_id);
      world.setTyping(roomId, [other]);
    });
    later(READING_MS + TYPING_MS, () => {
      world.setTyping(roomId, []);
      world.sendMessage(roomId, other, answerTo(event, turn));
      turn += 1;
    });
  };
  const unwatch = world.watch((roomId, event) => {
    if (event.sender !== me) return;
    if (isAcceptedInvite(event, me)) {
      const host = world.members(roomId).find((id) => id.startsWith("@lena:"));
      if (host !== undefined) later(READING_MS, () => greet(hs, roomId, host));
    }
    const other = directPartner(hs, roomId, me);
    if (other !== undefined && isAnswerable(event)) answer(roomId, other, event);
  });
  return {
    stop() {
      unwatch();
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

function directPartner(hs: Homeserver, roomId: string, me: string): string | undefined {
  const direct = hs.world.readAccountData(me, null, "m.direct") ?? {};
  const entry = Object.entries(direct).find(([, rooms]) => Array.isArray(rooms) && rooms.includes(roomId));
  return entry?.[0];
}

/** Messages of people, but not edits of messages answered before. */
function isAnswerable(event: RawEvent): boolean {
  const relates = event.content["m.relates_to"] as { rel_type?: unknown } | undefined;
  return event.type === "m.room.message" && relates?.rel_type !== "m.replace";
}

function isAcceptedInvite(event: RawEvent, me: string): boolean {
  const isJoin = event.content["membership"] === "join";
  return event.type === "m.room.member" && event.state_key === me && isJoin;
}

function greet(hs: Homeserver, roomId: string, host: string): void {
  hs.world.sendMessage(roomId, host, "Welcome, Wren! You have the west side, with the good bench.");
}

function answerTo(event: RawEvent, turn: number): string {
  const { msgtype, body } = event.content;
  const text = typeof body === "string" ? body : "";
  const isPicture = msgtype === "m.image" || msgtype === "m.video";
  const fitting = ANSWERS.find(([about]) => about.test(text))?.[1] ?? [];
  const answers = isPicture ? PICTURE_ANSWERS : fitting;
  return answers[turn % answers.length] ?? "I see what you mean.";
}
