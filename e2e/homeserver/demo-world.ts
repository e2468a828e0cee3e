import { CHATTER } from "./demo-conversations.ts";
import { directChats, smallRooms } from "./demo-rooms.ts";
import { avatarPicture, landscapePicture } from "./demo-pictures.ts";
import { conversations, dice, fill, plainText, type Dice, type Line } from "./demo-script.ts";
import type { BulkEvent, Homeserver, JsonObject } from "./index.ts";

export { startDemoPeople } from "./demo-people.ts";

/** What the demo's driver needs to know of it. */
export interface DemoWorld {
  userId: string;
  password: string;
  rooms: {
    /** "Dunlin lovers": about 2,000 messages. */
    big: string;
    /** Direct chats, by the other's localpart; each of them answers. */
    direct: Record<string, string>;
    favourite: string;
    lowPriority: string;
    invite: string;
    /** Name -> id of every room we are in. */
    all: Record<string, string>;
  };
}

const PEOPLE: readonly (readonly [localpart: string, name: string, hue: number])[] = [
  ["anneke", "Anneke Vos", 0.02],
  ["elif", "Elif Kaya", 0.92],
  ["finn", "Finn Mortensen", 0.55],
  ["hanna", "Hanna Lind", 0.42],
  ["ilmari", "Ilmari Salo", 0.63],
  ["kofi", "Kofi Mensah", 0.1],
  ["lena", "Lena Brandt", 0.75],
  ["marta", "Marta Oliveira", 0.84],
  ["noor", "Noor Haddad", 0.48],
  ["tomas", "Tomás Vega", 0.3],
];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** About four lines each: some 2,000 messages. */
const TALKS = 480;
const DAYS = 45;

/** Fills an empty homeserver with a small lively world; we are Wren in it. */
export async function buildDemoWorld(hs: Homeserver): Promise<DemoWorld> {
  const { world } = hs;
  const now = world.now();
  const people = PEOPLE.map(([localpart, displayName, hue]) => {
    const avatar = { bytes: avatarPicture(displayName, hue), contentType: "image/png" };
    return world.addUser(localpart, { displayName, avatar }).localpart;
  });
  const password = "demo";
  const avatar = { bytes: avatarPicture("Wren", 0.58), contentType: "image/png" };
  const { userId } = world.addUser("wren", { password, displayName: "Wren", avatar });

  const big = bigRoom(hs, people, now);
  const direct = directChats(hs, now);
  const small = smallRooms(hs, now);
  world.accountData("wren", small.kitchen, "m.tag", { tags: { "m.favourite": { order: 0.2 } } });
  world.accountData("wren", small.notices, "m.tag", { tags: { "m.lowpriority": { order: 0.5 } } });
  for (const localpart of people) world.setPresence(localpart, { presence: "online" });
  const all = Object.fromEntries(
    [big, ...Object.values(direct), ...Object.values(small.joined)].map((id) => [nameOf(hs, id), id]),
  );
  const rooms = {
    ...{ big, direct, all },
    favourite: small.kitchen,
    lowPriority: small.notices,
    invite: small.invite,
  };
  return Promise.resolve({ userId, password, rooms });
}

function nameOf(hs: Homeserver, roomId: string): string {
  const name = hs.world.state(roomId, "m.room.name")?.["name"];
  if (typeof name === "string") return name;
  const other = hs.world.members(roomId).find((id) => !id.startsWith("@wren:"));
  return other === undefined ? roomId : (hs.world.user(other).displayName ?? other);
}

/** "Dunlin lovers": six weeks of talk, pictures, renames, topics, comings and goings. */
function bigRoom(hs: Homeserver, people: readonly string[], now: number): string {
  const { world } = hs;
  const die = dice(7);
  const start = now - DAYS * DAY;
  const picture = { bytes: landscapePicture(2, 128, 128), contentType: "image/png" };
  const avatarMxc = world.uploadMedia(picture.bytes, picture.contentType);
  const roomId = world.at(start, () =>
    world.createRoom({
      creator: "lena",
      members: [...people, "wren"],
      name: "Dunlin lovers",
      topic: "Small waders, big flocks. Newcomers welcome, mud guaranteed.",
      alias: "dunlin-lovers",
      avatarMxc,
      joinRule: "public",
      published: true,
    }),
  );
  const images = Array.from({ length: 9 }, (_, seed) => {
    const bytes = landscapePicture(seed);
    return { mxc: world.uploadMedia(bytes, "image/png", `shore-${seed + 1}.png`), size: bytes.length };
  });
  const names = PEOPLE.map(([, name]) => name.split(" ")[0] as string);
  const talk = conversations(names, die);
  const sent: string[] = [];
  for (const [index, time] of talkTimes(die, start, now).entries()) {
    const lines = die.roll() < 0.2 ? chatter(names, die) : talk.next().value;
    const speakers = die.shuffle([...people, "wren"]);
    let clock = time;
    const events = lines.map((line): BulkEvent => {
      clock += 15_000 + Math.floor(die.roll() * 100_000);
      const sender = speakers[line.speaker] ?? "lena";
      return { sender, content: contentOf(line, images, die), originServerTs: clock };
    });
    sent.push(...world.sendMany(roomId, events.length, (at) => events[at] as BulkEvent));
    happening(hs, roomId, index, time + 30 * MINUTE);
  }
  afterwards(hs, roomId, sent, now);
  return roomId;
}

/** When people talk: by day, more in the evening, spread over the weeks; oldest first. */
function talkTimes(die: Dice, start: number, now: number): number[] {
  const end = now - 2 * HOUR;
  const times = Array.from({ length: TALKS }, () => {
    const day = start + Math.floor(die.roll() * DAYS) * DAY;
    const hour = 7 + Math.floor(Math.sqrt(die.roll()) * 15);
    return day - (day % DAY) + hour * HOUR + Math.floor(die.roll() * HOUR);
  });
  return times.filter((time) => time > start + HOUR && time < end).sort((a, b) => a - b);
}

function chatter(names: readonly string[], die: Dice): Line[] {
  return [{ speaker: 0, kind: "text", text: fill(die.pick(CHATTER), names, die) }];
}

function contentOf(line: Line, images: readonly { mxc: string; size: number }[], die: Dice): JsonObject {
  switch (line.kind) {
    case "text":
      return { msgtype: "m.text", body: line.text };
    case "emote":
      return { msgtype: "m.emote", body: line.text };
    case "notice":
      return { msgtype: "m.notice", body: line.text };
    case "formatted": {
      const format = "org.matrix.custom.html";
      return { msgtype: "m.text", body: plainText(line.text), format, formatted_body: line.text };
    }
    case "picture": {
      const { mxc, size } = die.pick(images);
      const info = { w: 480, h: 320, mimetype: "image/png", size };
      return { msgtype: "m.image", body: line.text, filename: "shore.png", url: mxc, info };
    }
  }
}

/** Things that happen between the conversations, by their number. */
function happening(hs: Homeserver, roomId: string, index: number, time: number): void {
  const { world } = hs;
  const topics = new Map([
    [60, "Autumn passage is on! Counts go into the sheet, cake goes to the hut."],
    [230, "Small waders, big flocks. Next count: see the notice."],
    [330, "Winter roosts. Keep your distance at high water, please."],
  ]);
  world.at(time, () => {
    const topic = topics.get(index);
    if (topic !== undefined) world.sendState(roomId, "lena", "m.room.topic", "", { topic });
    if (index === 40) world.setProfile("finn", { displayName: "Finn (at sea)" });
    if (index === 120) world.setProfile("finn", { displayName: "Finn Mortensen" });
    if (index === 150) world.setProfile("noor", { displayName: "Noor ✨" });
    if (index === 90) world.leave(roomId, "tomas", "New phone, back soon");
    if (index === 98) world.join(roomId, "tomas");
    if (index === 200) world.sendState(roomId, "lena", "m.room.name", "", { name: "Dunlin lovers 🪶" });
    if (index === 215) world.sendState(roomId, "lena", "m.room.name", "", { name: "Dunlin lovers" });
  });
}

/** Redactions, reactions, an edit and what is new since we last looked. */
function afterwards(hs: Homeserver, roomId: string, sent: readonly string[], now: number): void {
  const { world } = hs;
  const events = world.events(roomId);
  const byId = new Map(events.map((event) => [event.event_id, event]));
  const pick = (fromEnd: number): string => sent[sent.length - fromEnd] as string;
  for (const fromEnd of [900, 411, 77, 23]) {
    const sender = byId.get(pick(fromEnd))?.sender ?? "lena";
    world.at(now - 2 * HOUR, () => world.redact(roomId, sender, pick(fromEnd), "Posted twice, sorry"));
  }
  const react = (fromEnd: number, who: string, key: string): void => {
    const relates = { rel_type: "m.annotation", event_id: pick(fromEnd), key };
    const options = { type: "m.reaction", originServerTs: now - 100 * MINUTE };
    world.sendMessage(roomId, who, { "m.relates_to": relates }, options);
  };
  for (const [fromEnd, who, key] of [
    [4, "hanna", "🪶"],
    [4, "kofi", "🪶"],
    [4, "wren", "❤️"],
    [9, "elif", "😂"],
    [15, "marta", "👍"],
    [15, "noor", "👍"],
  ] as const) {
    react(fromEnd, who, key);
  }
  world.receipt(roomId, "wren", pick(1));
  world.receipt(roomId, "wren", pick(1), "m.fully_read");
  const say = (minutesAgo: number, sender: string, content: string | JsonObject): string =>
    world.sendMessage(roomId, sender, content, { originServerTs: now - minutesAgo * MINUTE });
  say(52, "ilmari", "High water was early today, the whole flock came right up to the dyke.");
  say(50, "noor", "I have never seen them so close. You could hear the wings.");
  const slip = say(47, "ilmari", "About 1,400 dunlin and a handful of sanderling.");
  say(46, "ilmari", {
    msgtype: "m.text",
    body: "* About 1,600 dunlin and a handful of sanderling.",
    "m.new_content": { msgtype: "m.text", body: "About 1,600 dunlin and a handful of sanderling." },
    "m.relates_to": { rel_type: "m.replace", event_id: slip },
  });
  say(31, "lena", {
    msgtype: "m.text",
    body: "Wren, could you bring the big telescope on Sunday?",
    "m.mentions": { user_ids: [world.user("wren").userId] },
  });
  const last = say(12, "marta", "Sunday is going to be lovely, by the way. I checked three forecasts.");
  for (const who of ["marta", "lena", "kofi", "hanna"]) world.receipt(roomId, who, last);
}
