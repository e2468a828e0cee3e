import { atRest, wheel } from "../pages/log-view.ts";
import { expect, test } from "../pages/story.ts";

// What we missed is never shown as if there had been nothing.

test("a limited sync while reading shows no false continuity, and paging fills the gap", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, faults } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  world.sendMany(roomId, 5, (index) => ({ sender: "ben", content: `early ${index}` }));
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.openRoom("Harbour", roomId);
  await expect(dunlin.log.getByText("early 4")).toBeVisible();
  let answer = (): void => {};
  const late = new Promise<void>((resolve) => (answer = resolve));
  faults.add({ on: { path: /\/messages$/ }, do: { holdBefore: late } });
  faults.add({ on: { roomId, path: /\/sync/ }, do: { limitedSync: 3 }, times: 1 });
  world.sendMany(roomId, 40, (index) => ({ sender: "ben", content: `missed ${index}` }));
  await expect(dunlin.log.getByText("missed 39")).toBeVisible();
  // Between what is known and what came lies a hole: never both in one list.
  expect((await dunlin.visible()).map(({ text }) => text)).toEqual(["missed 37", "missed 38", "missed 39"]);
  await expect(dunlin.log).toHaveAttribute("data-older", "loading");
  answer();
  await expect(dunlin.log).toHaveAttribute("data-older", "exhausted");
  await dunlin.log.press("End");
  await atRest(page, dunlin.log);
  const all = await dunlin.readToStart();
  expect(all.map(({ text }) => text)).toEqual([
    ...Array.from({ length: 5 }, (_, index) => `early ${index}`),
    ...Array.from({ length: 40 }, (_, index) => `missed ${index}`),
  ]);
});

test("history that cannot be loaded says so, and comes when asked again", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, faults } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  world.sendMany(roomId, 300, (index) => ({ sender: "ben", content: `talk ${index}` }));
  const rule = faults.add({
    on: { path: /\/messages$/ },
    do: { error: { status: 500, errcode: "M_UNKNOWN" } },
  });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await expect(dunlin.log).toHaveAttribute("data-older", "failed");
  await wheel(page, dunlin.log, -100_000);
  await expect(dunlin.log.getByText("Earlier messages could not be loaded.")).toBeInViewport();
  rule.remove();
  await dunlin.log.getByRole("button", { name: "Try again" }).click();
  await expect(dunlin.log).not.toHaveAttribute("data-older", "failed");
  await dunlin.log.press("End");
  await atRest(page, dunlin.log);
  expect(await dunlin.readToStart()).toHaveLength(300);
});

test("history that failed for want of a connection comes by itself with the connection", async ({
  homeserver,
  begin,
}) => {
  const { world, faults } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  world.sendMany(roomId, 300, (index) => ({ sender: "ben", content: `talk ${index}` }));
  const { dunlin } = await begin();
  await dunlin.connection("live");
  const never = new Promise<void>(() => {});
  const rule = faults.add({ on: { path: /\/messages$/ }, do: { holdBefore: never } });
  await dunlin.openRoom("Harbour", roomId);
  await expect(dunlin.log).toHaveAttribute("data-older", "loading");
  homeserver.cut();
  await expect(dunlin.log).toHaveAttribute("data-older", "failed");
  await dunlin.connection("offline");
  rule.remove();
  homeserver.mend();
  await dunlin.connection("live");
  await expect(dunlin.log).toHaveAttribute("data-older", "idle");
  expect(homeserver.wire.count("GET", /\/messages$/)).toBeGreaterThan(1);
});

test("history one may not see is not asked for again, and no button pretends to", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, faults } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  world.sendMany(roomId, 100, (index) => ({ sender: "ben", content: `talk ${index}` }));
  faults.add({ on: { path: /\/messages$/ }, do: { error: { status: 403, errcode: "M_FORBIDDEN" } } });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  await expect(dunlin.log).toHaveAttribute("data-older", "failed");
  await wheel(page, dunlin.log, -100_000);
  await expect(dunlin.log.getByText("The server does not allow this.")).toBeInViewport();
  await expect(dunlin.log.getByRole("button", { name: "Try again" })).toHaveCount(0);
});

test("messages delivered twice stand once and where the server put them", async ({ homeserver, begin }) => {
  const { world, faults } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.openRoom("Harbour", roomId);
  const twice = faults.add({ on: { roomId, path: /\/sync/ }, do: { duplicateDelivery: true }, times: 1 });
  world.sendMany(roomId, 3, (index) => ({ sender: "ben", content: `first ${index}` }));
  await expect(dunlin.log.getByText("first 2")).toBeVisible();
  world.sendMany(roomId, 3, (index) => ({ sender: "ben", content: `second ${index}` }));
  await expect(dunlin.log.getByText("second 2")).toBeVisible();
  expect(twice.hits).toBe(1);
  expect((await dunlin.visible()).map(({ text }) => text)).toEqual([
    ...[0, 1, 2].map((index) => `first ${index}`),
    ...[0, 1, 2].map((index) => `second ${index}`),
  ]);
});
