import { landscapePicture } from "./demo-pictures.ts";
import type { Homeserver, JsonObject } from "./index.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Who, how many minutes ago, what. */
type Said = readonly [who: string, minutesAgo: number, content: string | JsonObject];

/** Sends the lines, each at its time; answers the ids. */
function tell(hs: Homeserver, roomId: string, now: number, lines: readonly Said[]): string[] {
  return lines.map(([sender, ago, content]) =>
    hs.world.sendMessage(roomId, sender, content, { originServerTs: now - ago * MINUTE }),
  );
}

/** We have read up to this event: the receipt for others, and where our "New" line stands. */
function markRead(hs: Homeserver, roomId: string, eventId: string): void {
  hs.world.receipt(roomId, "wren", eventId);
  hs.world.receipt(roomId, "wren", eventId, "m.fully_read");
}

const TALKS: Record<string, readonly Said[]> = {
  hanna: [
    ["hanna", 4_400, "Hi Wren! Did you get home dry?"],
    ["wren", 4_396, "Define dry."],
    ["hanna", 4_395, "Ha. Tea is on me next time."],
    ["wren", 1_500, "Are you coming on Sunday?"],
    ["hanna", 1_492, "Yes, with two thermos flasks and my brother."],
    ["hanna", 1_491, "He says he only comes for the cake."],
    ["wren", 1_480, "That is a perfectly good reason."],
    ["hanna", 9, "Quick question: was it the 7:05 or the 7:25 bus to the dyke?"],
    ["hanna", 8, "Write me when you are here, I am at my desk all day 🙂"],
  ],
  kofi: [
    ["kofi", 3_100, "The tide program works now. It was the summer time after all."],
    ["wren", 3_090, "It is always the summer time."],
    ["kofi", 3_088, { msgtype: "m.emote", body: "bows" }],
    [
      "kofi",
      3_080,
      {
        msgtype: "m.text",
        body: "The fix, in case you want to laugh:\nreturn utc + offset;",
        format: "org.matrix.custom.html",
        formatted_body:
          '<p>The fix, in case you want to laugh:</p><pre><code class="language-ts">return utc + offset; // not twice\n</code></pre>',
      },
    ],
    ["wren", 3_075, "Short and dry, like a good cracker."],
    ["kofi", 700, "I put it on the hut's old laptop, it prints the table every morning."],
    ["wren", 690, "The spider will be pleased."],
  ],
  elif: [
    ["elif", 5_900, "Do you still have my field guide?"],
    ["wren", 5_880, "Yes! With a few new coffee rings, for orientation."],
    ["elif", 5_878, "As long as the waders are readable."],
    ["wren", 5_870, "The waders are spotless. The gulls suffered."],
    ["elif", 5_869, "Nobody needs the gulls anyway."],
    ["elif", 300, "I leave the spare key in the blue pot, take your time on Friday."],
  ],
  finn: [
    ["finn", 9_000, "Greetings from the ferry, the sea is the colour of pencils."],
    ["wren", 8_990, "Which pencils?"],
    ["finn", 8_989, "The hard ones."],
    ["wren", 8_985, "Safe trip!"],
    ["finn", 2_000, "Back on land. It is still moving, but that is probably me."],
    ["wren", 1_990, "Sit down, eat something, look at a bird."],
  ],
  marta: [
    [
      "marta",
      6_500,
      "Recipe for the blackberry jam, as promised: berries, half their weight in sugar, one lemon.",
    ],
    ["wren", 6_480, "And then?"],
    ["marta", 6_479, "Then you stir until your arm says no, and then a little longer."],
    ["wren", 6_470, "My arm said no after the lemon."],
    ["marta", 6_469, "Come over, I have two arms and a radio."],
  ],
};

/** Direct chats with five people, by their localpart. */
export function directChats(hs: Homeserver, now: number): Record<string, string> {
  const { world } = hs;
  const rooms: Record<string, string> = {};
  for (const [other, lines] of Object.entries(TALKS)) {
    const first = now - ((lines[0]?.[1] ?? 0) + 30) * MINUTE;
    const options = { creator: other, members: ["wren"], isDirect: true };
    const roomId = world.at(first, () => world.createRoom(options));
    const ids = tell(hs, roomId, now, lines);
    // The last two lines from Hanna are new to us, everything else is read.
    const readUpTo = other === "hanna" ? ids.at(-3) : ids.at(-1);
    if (readUpTo !== undefined) markRead(hs, roomId, readUpTo);
    if (ids.at(-1) !== undefined) world.receipt(roomId, other, ids.at(-1) as string);
    rooms[other] = roomId;
  }
  return rooms;
}

const KITCHEN: readonly Said[] = [
  ["marta", 8_000, "This Sunday: who brings what?"],
  ["anneke", 7_990, "Rye bread, two loaves."],
  ["kofi", 7_985, "The hot sauce. The mild one, I learned my lesson."],
  ["tomas", 7_984, "It was not mild last time."],
  ["kofi", 7_983, "It was mild for a sauce that starts with four chillies."],
  ["wren", 7_900, "I can do a big pot of lentil soup."],
  ["marta", 7_899, "Wonderful. Then I do dessert."],
  [
    "anneke",
    2_900,
    {
      msgtype: "m.text",
      body: "Sourdough, the short version:\n1. feed it\n2. wait\n3. fold it four times\n4. wait\n5. bake it hot",
      format: "org.matrix.custom.html",
      formatted_body:
        "<p>Sourdough, the short version:</p><ol><li>feed it</li><li>wait</li><li>fold it four times</li><li>wait</li><li>bake it <strong>hot</strong></li></ol>",
    },
  ],
  ["tomas", 2_890, "I skipped both waits and invented the brick."],
  ["anneke", 2_888, { msgtype: "m.emote", body: "hands Tomás a clock" }],
  ["marta", 400, "Sunday at one, as always. Bring an appetite and a spoon."],
];

const TRAIL: readonly Said[] = [
  ["ilmari", 12_000, "Ridge walk on the second weekend of the month, who is in?"],
  ["finn", 11_900, "Me, if I am back on land by then."],
  ["noor", 11_890, "Me! I have new boots that need an enemy."],
  ["wren", 11_800, "In. I take the early train."],
  ["ilmari", 3_200, "The hut has six beds and one very small stove."],
  ["noor", 3_190, "I can carry the stove's ego."],
  ["ilmari", 95, "Weather for the weekend: cold, clear, no wind at all."],
  ["finn", 90, "No wind? Then I shall finally hear my own knees."],
];

const CODE: readonly Said[] = [
  ["kofi", 10_500, "I wrote a thing that turns our counts into a little chart for the hut's door."],
  ["elif", 10_480, "Does it handle the years with two sheets?"],
  ["kofi", 10_470, "It does now. Thanks for asking before I printed it."],
  [
    "elif",
    5_200,
    {
      msgtype: "m.text",
      body: "Grouping by month, without any library:\nconst byMonth = Map.groupBy(counts, (c) => c.date.slice(0, 7));",
      format: "org.matrix.custom.html",
      formatted_body:
        '<p>Grouping by month, without any library:</p><pre><code class="language-js">const byMonth = Map.groupBy(counts, (c) =&gt; c.date.slice(0, 7));\n</code></pre>',
    },
  ],
  ["hanna", 5_190, "I did not know that one exists. There go forty lines of mine."],
  ["wren", 5_100, "The best lines are the ones that leave."],
  ["elif", 130, "Wren: the import now takes the napkin counts too, could you try it with yours?"],
];

const NOTICES: readonly Said[] = [
  [
    "lena",
    20_000,
    { msgtype: "m.notice", body: "The footbridge at Mill Creek is closed until further notice." },
  ],
  [
    "lena",
    9_000,
    { msgtype: "m.notice", body: "The footbridge at Mill Creek is open again. Mind the wet planks." },
  ],
  [
    "lena",
    1_300,
    { msgtype: "m.notice", body: "Dogs on a lead along the long dyke, please, until the end of March." },
  ],
];

/** The smaller rooms and the invite. */
export function smallRooms(hs: Homeserver, now: number) {
  const { world } = hs;
  const room = (
    name: string,
    topic: string,
    creator: string,
    members: string[],
    lines: readonly Said[],
    unread: number,
  ): string => {
    const options = { creator, members: [...members, "wren"], name, topic };
    const roomId = world.at(now - 30 * DAY, () => world.createRoom(options));
    const ids = tell(hs, roomId, now, lines);
    const read = ids.at(-1 - unread);
    if (read !== undefined) markRead(hs, roomId, read);
    return roomId;
  };
  const cooks = ["anneke", "kofi", "tomas"];
  const kitchen = room("Sunday kitchen", "What we eat when the tide is in", "marta", cooks, KITCHEN, 0);
  const trail = room("Trail crew", "Up, and down again", "ilmari", ["finn", "noor"], TRAIL, 2);
  const code = room("Side projects", "Small programs for small birds", "kofi", ["elif", "hanna"], CODE, 1);
  const notices = room("Shore notices", "Paths, bridges, opening hours", "lena", ["anneke"], NOTICES, 0);
  const avatarMxc = world.uploadMedia(landscapePicture(4, 128, 128), "image/png");
  const invite = world.at(now - 45 * MINUTE, () => {
    const options = { creator: "lena", members: ["ilmari", "noor"], name: "Winter count", avatarMxc };
    const topic = "Who counts where, and who brings the soup";
    const roomId = world.createRoom({ ...options, topic });
    world.invite(roomId, "wren", "lena", { reason: "We could use your eyes!" });
    return roomId;
  });
  return { kitchen, notices, invite, joined: { kitchen, trail, code, notices } };
}
