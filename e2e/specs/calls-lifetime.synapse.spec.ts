import { expect, test } from "@playwright/test";
import { callFlags, chromiumFlags, chromiumPath } from "../launch/chromium.ts";
import { CallTown, type Chat } from "../pages/call-town.ts";

// Nobody answers. The lifetimes are the real ones (ours 90 s, matrix-js-sdk's 60 s), all at the same time: this spec
// mostly waits.

const executablePath = chromiumPath();
test.use({
  launchOptions: {
    args: [...chromiumFlags, ...callFlags],
    ...(executablePath === undefined ? {} : { executablePath }),
  },
});

test("nobody answers: each call ends by itself on both sides when its lifetime is over, and is a missed call", async ({
  browser,
}) => {
  test.setTimeout(300_000);
  const town = await CallTown.open(browser);
  const ends = async (chat: Chat) =>
    (await town.events(chat, "m.call.hangup")).map(({ sender, content }) => [sender, content.reason]);
  try {
    const [ana, ben, jo, kim, leo, mia] = [
      await town.person("ana"),
      await town.person("ben"),
      await town.person("jo"),
      await town.person("kim"),
      await town.person("leo"),
      await town.person("mia"),
    ];
    const [anaBen, joKim, leoMia] = [
      await town.chat(ana, ben),
      await town.chat(jo, kim),
      await town.chat(leo, mia),
    ];
    // Ana and Ben have ours; so has Jo, whom Kim calls with matrix-js-sdk, and Leo, who calls Mia's matrix-js-sdk.
    const [caller, callee, calledBySdk, sdk, callerOfSdk, calledSdk] = await Promise.all([
      town.ours(ana, anaBen),
      town.ours(ben, anaBen),
      town.ours(jo, joKim),
      town.theirs(kim, joKim),
      town.ours(leo, leoMia),
      town.theirs(mia, leoMia),
    ]);
    await Promise.all([caller.calls.place("voice"), sdk.place("voice"), callerOfSdk.calls.place("voice")]);
    await Promise.all([callee.calls.rings(), calledBySdk.calls.rings(), calledSdk.rings()]);
    // Halfway they still ring.
    await callee.calls.page.waitForTimeout(30_000);
    await Promise.all([callee.calls.rings(), calledBySdk.calls.rings(), calledSdk.rings()]);

    await expect(calledBySdk.calls.ringing).toHaveCount(0, { timeout: 60_000 });
    await expect(calledBySdk.dunlin.log.locator('[data-kind="call"]')).toContainText(
      "Missed voice call from Kim",
    );
    await sdk.ended({ endedBy: "local", reason: "invite_timeout" });

    await expect(callee.calls.ringing).toHaveCount(0, { timeout: 90_000 });
    await caller.calls.ended(/Ben did not answer/);
    await expect(callee.dunlin.log.locator('[data-kind="call"]')).toContainText("Missed voice call from Ana");
    // It has ended on both sides before the server hears of it: by their own clocks.
    await expect.poll(() => ends(anaBen)).toEqual([[ana.userId, "invite_timeout"]]);

    await callerOfSdk.calls.ended(/Mia did not answer/);
    await expect(callerOfSdk.dunlin.log.locator('[data-kind="call"]')).toContainText(
      "Your voice call was not answered",
    );
    await calledSdk.ended({ endedBy: "remote" });
    await expect.poll(() => calledSdk.heardHangups()).toEqual(["invite_timeout"]);
    // Its own clock may end the ringing first; then it gives no reason, else ours.
    expect([null, "invite_timeout"]).toContain((await calledSdk.call())?.reason);
    expect(await ends(leoMia)).toEqual([[leo.userId, "invite_timeout"]]);
    for (const one of [caller, callee, calledBySdk, callerOfSdk])
      await expect.poll(() => one.calls.counts()).toMatchObject({ open: 0, live: 0 });
  } finally {
    await town.close();
  }
});
