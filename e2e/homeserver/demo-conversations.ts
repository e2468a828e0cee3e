/**
 * What people in the demo talk about. One string is one conversation; each line starts with the
 * speaker's number in it. `{…}` is filled from WORDS, `a | b` is one of them. After the number:
 * `/me` an emote, `/notice` a notice, `/picture` a picture with that caption, `/html` formatted.
 */
export const CONVERSATIONS: readonly string[] = [
  `0 Morning! {number} dunlin at {place} just after high water, most of them still in winter grey.
1 Nice. Any in summer plumage yet?
0 Two with proper black bellies, the rest somewhere in between.
2 I love those in-between ones. They look as if somebody spilled ink on them.
1 /me packs the telescope`,
  `0 Does anyone know whether the hide at {place} is open again?
1 The roof is done, the door still sticks. You have to lift it a little.
0 Lift and push, got it.
2 And bring a cushion, the new benches are hard.
0 Noted, thanks both.`,
  `0 /picture The light at {place} this evening
1 Oh wow.
2 That belongs on a wall.
0 I only pressed the button, the sky did the work.
3 Which way were you looking?
0 West, from the old slipway.`,
  `0 Question for the patient ones: how do you tell a {bird} from a {otherbird} at that distance?
1 By how it walks. The one is in a hurry, the other has all day.
2 Bill length first, then the legs, and the call if you are lucky.
0 So mostly luck.
1 Mostly hours of looking. Luck is what you call it afterwards.`,
  `0 Counted the roost at {place}: about {number} birds, mostly {bird}s.
1 By eye or from a photo?
0 Blocks of ten, then checked half of it on a photo. I was {small} off.
1 That is really good.
2 I once counted the same flock three times and got three numbers.
1 We all have.`,
  `0 There is a peregrine on the church tower again.
1 That explains the panic at {place}.
0 Everything went up at once, like a tablecloth being shaken.
2 I never know whom to cheer for.
1 The tablecloth.`,
  `0 Anyone up for {place} on {day}? Low water is at {time}.
1 I am in!
2 Only if we have breakfast first.
0 There is a bakery at the corner that opens at six.
2 Then I am very much in.
3 Can't, have the kids. Bring me a picture.`,
  `0 /html <p>Packing list for {day}:</p><ul><li>boots, really</li><li>something warm for after</li><li>the <strong>good</strong> thermos</li><li>batteries</li></ul>
1 You forgot the biscuits.
0 Biscuits are part of the thermos.
2 This is why I let you write the lists.`,
  `0 Saw a ringed {bird} at {place}, yellow over red on the left leg.
1 Did you get the letters?
0 Only the first one, K. It would not stand still.
2 Send it in anyway, they can often work it out from the place and the date.
0 Done. I will tell you when they answer.`,
  `0 They answered! That {bird} was ringed {number} kilometres from here, four years ago.
1 Four years! And it weighs as much as a letter.
2 Makes my train journey look silly.
0 Yours had worse coffee.`,
  `0 The wind is turning north tonight.
1 Which means?
0 Which means that tomorrow morning {place} may be full, or completely empty.
1 Very scientific.
0 /me licks a finger and holds it up`,
  `0 Found this in my notes from {year}: "mud, drizzle, one {bird}, happy".
1 A complete diary entry.
2 Nothing to add, nothing to take away.
3 I would read that book.`,
  `0 My neighbour asked why I stare at mud every weekend.
1 And what did you say?
0 That the mud stares back if you wait long enough.
2 /me will use that one`,
  `0 How cold was it out there?
1 The tea froze before we could drink it. Almost.
2 It did not freeze, you spilled it.
1 It was cold enough to spill.`,
  `0 Does anyone have a spare tripod head? Mine creaks so loudly that the {bird}s look up.
1 Try a drop of oil in the pan joint first.
0 Olive oil?
1 Please not olive oil.
0 Too late, it smells like a salad now. But it is quiet!`,
  `0 The reserve asks for two more people for the count on {day}.
1 I can do the east side.
2 And I can hold the pencil.
0 Perfect, I put you both down.
3 /notice The next count starts at {time} at the sluice. Bring boots.`,
  `0 Made {food} yesterday and it was much too much. Anyone near {place}?
1 I can be there in ten minutes.
2 I can be there in eight.
0 Bring boxes.`,
  `0 What do you put into your {food} to make it taste like that?
1 Patience. And a spoon of mustard.
0 How much patience?
1 About forty minutes, lid on.
2 I tried it with impatience and it came out as soup.`,
  `0 /html <p>Tried the recipe from last week, in short:</p><ol><li>onions, slowly</li><li>everything else</li><li>wait</li></ol><p>It works.</p>
1 "Everything else" is doing a lot of work there.
0 So was I.
2 Could you send the long version too?
0 Tonight, promised.`,
  `0 Does bread dough survive a whole night in the car?
1 At this time of the year? It will be happy.
0 It has reached the passenger seat.
2 Fasten its belt.
1 /me is laughing much too loudly on the train`,
  `0 The {food} place at the harbour closes at the end of the month.
1 No! Where do we go after the counts then?
2 The bakery has chairs now. Three of them.
1 There are eleven of us.
0 We sit in shifts, like the oystercatchers.`,
  `0 Picked {small} kilos of blackberries on the way back from {place}.
1 Jam?
0 Jam, and purple hands for a week.
2 I trade a jar of honey for a jar of jam.
0 Deal!`,
  `0 Which boots do you all wear? Mine let the water in and then keep it.
1 Get ones that are half a size too big and wear two pairs of socks.
2 Wax them, every single time.
3 Or accept that your feet are an estuary.`,
  `0 The path along {place} has slid down into the sea again.
1 All of it?
0 About {number} metres. They put up a fence and a very serious sign.
2 Is there a way round?
0 Through the field, if you are nice to the horses.
1 I am always nice to the horses.`,
  `0 We did the whole ridge on {day}, {number} metres up and a {bird} at the top.
1 At the top? What was it doing there?
0 Looking at us as if we were the odd ones.
2 Well.`,
  `0 /picture On the way down from the ridge
1 That valley looks unreal.
2 I can smell the grass.
0 That was me, I fell into it.`,
  `0 How long does the round trip to {place} take?
1 Three hours if nobody looks at anything.
0 So six.
1 Six and a half with {name}.
2 I only stop for good reasons! And for beetles.`,
  `0 My old map says there is a bridge there.
1 There was. It is now two halves of a bridge.
0 Can one jump?
1 One can. I would not.
2 Take the ferry, it rings a little bell.`,
  `0 Somebody left a green scarf on the bench at {place}.
1 That is mine! I have looked for it everywhere.
0 It has been sitting there with a very good view.
1 Lucky scarf. I will fetch it on {day}.`,
  `0 Is it worth going out in this rain?
1 It is always worth it.
2 It is not worth it.
0 Very helpful, thank you.
3 Go, and come back if it is not. That is also a walk.`,
  `0 My counting script adds {small} birds that do not exist.
1 Off by one per page?
0 Per page! How did you know?
1 Because everybody writes that bug once a year.
0 /html <pre><code class="language-js">for (let i = 0; i &lt;= pages; i += 1) count(i);
</code></pre><p>There it is. <code>&lt;=</code>. I am going for a walk.</p>`,
  `0 Can somebody look over my small tide table program?
1 Sure, what is wrong with it?
0 Nothing, it just thinks that low water at {place} is at 25 o'clock.
2 A good time to go, you would be alone.
1 You add the hour for summer time twice.
0 I do! Thanks.`,
  `0 /html <p>For the spreadsheet people, this gives the mean per visit:</p><pre><code class="language-python">def mean(counts):
    return sum(counts) / len(counts) if counts else 0
</code></pre>
1 I like that it knows about days without birds.
0 I have had many of those.
2 They count too, somehow.`,
  `0 What do you use for your sightings, paper or phone?
1 Paper. It never has an empty battery.
2 Phone. It never blows into the sea.
1 Mine only did that once.
2 Mine has a copy of it.`,
  `0 I moved all our old counts into one small database. {number} rows!
1 Even the ones written on napkins?
0 Especially the ones on napkins.
2 You are a hero. What does it say?
0 That we are better at going out on sunny days than on rainy ones.
1 Shocking.`,
  `0 /html <p>As it says on the hut at {place}:</p><blockquote><p>Leave the gate as you found it, and yourself a little better.</p></blockquote>
1 Who wrote that?
0 No name. But in very careful letters.
2 I found the gate open and myself tired.`,
  `0 Tests are green, birds are grey, coffee is black.
1 A poem!
2 Put it in the changelog.
0 /me puts it in the changelog`,
  `0 Good reading for a long train ride, anyone?
1 The one about the bar-tailed godwits that fly eight days without a stop.
0 Eight days!
1 And you wanted something for a three-hour ride.
2 There is a short one about eels, too. Strange and lovely.`,
  `0 Our class visited {place} today. Twenty-six children and one {bird}.
1 Who was louder?
0 The bird, believe it or not. They were completely quiet when it came close.
2 That is the nicest thing I have read all day.`,
  `0 /html <p>Useful page about moult, with drawings: <a href="https://dunlin.example/moult">dunlin.example/moult</a></p>
1 Oh, this is good. I finally understand the wing.
2 The drawing of the tired one is me on {day}.
0 It is all of us.`,
  `0 Is that noise at night a {bird} or my fridge?
1 Does it stop when you open the window?
0 It gets louder.
1 Then congratulations, it is not the fridge.
2 I had the same and it was the fridge AND a bird.`,
  `0 The first {bird}s are back at {place}!
1 Already? That is a week earlier than in {year}.
0 Only {small} of them, looking tired and pleased.
2 Welcome back, little ones.
3 I am so happy about this every single year.`,
  `0 Happy birthday {name}!
1 Happy birthday!! May all your waders be in the right light.
2 All the best, and a day without drizzle.
3 Thank you, you are lovely. There is cake at my place from four.
1 /me is already on the bike`,
  `0 Did the meeting about the sea wall go well?
1 Better than I thought. They will leave the gap for the birds.
0 The whole gap?
1 All {number} metres of it. {name} brought the counts and that settled it.
2 So all those cold mornings were good for something.
0 They always were. But this is nice too.`,
  `0 I shall be away until {day}, could someone water the tomatoes at the hut?
1 I pass by there anyway.
0 You are wonderful. Take as many as you like.
1 I was going to.`,
  `0 Who has the key to the hut?
1 {name} has it.
2 No, it hangs behind the third plank again.
0 Found it, thanks. There was also a very offended spider.
2 That's Gerda. She lives there.`,
  `0 Beautiful fog this morning. Could hear everything and see nothing.
1 What did you hear?
0 {bird}s, a boat, somebody swearing at a rope.
2 That was me.
0 You sounded as if you were winning.
2 I was not.`,
  `0 /me is sitting at {place} with dry feet and hot soup
1 Unfair!
2 What kind of soup?
0 The kind that makes you forgive the weather.`,
];

/** What fills the braces. */
export const WORDS: Record<string, readonly string[]> = {
  bird: ["sanderling", "knot", "curlew", "redshank", "turnstone", "ringed plover", "godwit", "greenshank"],
  otherbird: ["little stint", "curlew sandpiper", "purple sandpiper", "grey plover", "spotted redshank"],
  place: [
    "the north spit",
    "Mill Creek",
    "the old harbour",
    "Lantern Point",
    "the salt marsh",
    "Heron Island",
    "the long dyke",
    "Gull Rock",
    "the eastern flats",
  ],
  food: [
    "lentil soup",
    "fish stew",
    "apple cake",
    "potato pancakes",
    "pumpkin curry",
    "rye bread",
    "noodle salad",
  ],
  day: ["Saturday", "Sunday", "Wednesday", "Friday", "Thursday"],
  time: ["5:40", "6:15", "7:05", "8:30", "half past nine", "noon"],
  number: ["120", "240", "310", "85", "430", "650", "1,100", "175", "2,300"],
  small: ["two", "three", "four", "five", "seven"],
  year: ["2009", "2014", "2017", "2019", "2022"],
};

/** One-line chatter between the conversations. */
export const CHATTER: readonly string[] = [
  "Good morning from a very windy {place}.",
  "{number} {bird}s today, just so you know.",
  "Tide is out, I am out.",
  "Anyone else hearing the geese tonight?",
  "Thinking of {food} for after the walk.",
  "Half the {bird}s at {place} have left since yesterday.",
  "My gloves have holes exactly where the cold is.",
  "Low water at {time}, in case somebody is free.",
  "The sea is completely flat, like a table.",
  "Good night all!",
  "That was a good {day}.",
  "First frost on the boardwalk, mind your steps.",
  "I can report: it is still raining at {place}.",
  "Somebody has repaired the bench at {place}. Thank you, somebody.",
  "One {bird}, one {otherbird}, one happy me.",
  "The new lens arrived and of course there is fog.",
];
