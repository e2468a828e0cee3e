import { join } from "node:path";
import { roomRequestSchemas } from "../../preload/contract/room-schemas.ts";
import type { RoomRequests } from "../../preload/contract/models/room-requests.ts";
import type { Connection } from "../../preload/contract/models/session.ts";
import { createAccounts } from "./accounts/accounts.ts";
import { discover } from "./accounts/discover.ts";
import { createAccountFeatures } from "./accounts/requests.ts";
import { openAllAccounts } from "./all-accounts/all-accounts.ts";
import type { AccountCore, Core, Handlers } from "./api.ts";
import { diagnose } from "./diagnostics.ts";
import { aborted, FailureError, valueOf } from "./failure.ts";
import { createLifetime } from "./lifetime.ts";
import { createLiveTopics } from "./live-topics.ts";
import { createAttachments } from "./media/attachments.ts";
import { createMedia } from "./media/media.ts";
import type { Platform } from "./platform.ts";
import { watchRun, type RunWatch } from "./run-timings.ts";
import { createSettings } from "./settings/settings.ts";
import type { SessionHandlers } from "./signed-in.ts";
import { openStore, type Store } from "./store/store.ts";
import { createValueTopic } from "./value-topic.ts";

/** The core as hosts take it: one for each account, with one face. Throws as `createCore` does. */
export const createCores = (platform: Platform): Promise<Core> => openAllAccounts(platform, createCore);

/**
 * The composition root of one account: opens its folder, and starts and stops what runs while somebody is signed in.
 * Throws FailureError when the profile cannot be used (in use, read-only, full, from a newer version).
 */
export async function createCore(platform: Platform): Promise<AccountCore> {
  const run = watchRun(platform.clock);
  const store = openStore(platform);
  try {
    const core = await compose(platform, store, run);
    run.opened();
    return core;
  } catch (error) {
    // Nobody holds what could be closed later: the profile must be free again.
    await store.close();
    throw error;
  }
}

async function compose(platform: Platform, store: Store, run: RunWatch): Promise<AccountCore> {
  const accounts = createAccounts(platform);
  await accounts.load();
  const settings = createSettings(store);
  const live = createLiveTopics();
  const connection = createValueTopic<Connection>({ state: "signed-out" });
  connection.watch((value) => run.connectionIs(value));
  const media = createMedia({
    platform,
    http: () => (accounts.current() === null ? null : accounts.http()),
    mediaApi: () => accounts.current()?.mediaApi ?? "authenticated",
    dir: join(platform.profileDir, "media"),
    cacheBytes: () => settings.current().mediaCacheMegabytes * 1024 ** 2,
  });
  const attachments = createAttachments({
    ...{ platform, store, media },
    keepsDetails: () => settings.current().keepPhotoDetails,
    userId: () => accounts.current()?.userId ?? null,
    http: () => (accounts.current() === null ? null : accounts.http()),
    mediaApi: () => accounts.current()?.mediaApi ?? "authenticated",
  });
  const lifetime = createLifetime({
    ...{ platform, store, accounts, settings, media, live, connection },
    attachments,
  });
  const accountFeatures = createAccountFeatures({
    ...{ platform, accounts },
    readyForSignIn: () => lifetime.readyForSignIn(),
    follow: () => lifetime.follow(),
    signOut: () => lifetime.signOut(),
    presence: () => settings.current().presence,
  });
  const { authenticating } = accountFeatures;
  const stopFollowing = accounts.onChange(() => void lifetime.follow());
  await lifetime.follow();

  const session = <M extends keyof SessionHandlers>(method: M): Handlers[M] =>
    ((params: never) => {
      const { signedIn } = lifetime;
      if (signedIn === null) throw new FailureError({ ...aborted, message: "nobody is signed in" });
      return (signedIn.handlers[method] as (params: never) => unknown)(params);
    }) as Handlers[M];

  // Those about rooms and people are many, and all alike.
  const aboutRooms = Object.fromEntries(
    (Object.keys(roomRequestSchemas) as (keyof RoomRequests)[]).map((method) => [method, session(method)]),
  ) as Pick<Handlers, keyof RoomRequests>;

  return {
    handlers: {
      ...aboutRooms,
      ...accountFeatures.handlers,
      discoverServer: async ({ input }) => valueOf(await discover(platform, input)),
      async signIn(params) {
        await lifetime.readyForSignIn();
        valueOf(await accounts.signIn(params));
        await lifetime.follow();
      },
      signOut: () => lifetime.signOut(),
      sendMessage: session("sendMessage"),
      sendAttachment: session("sendAttachment"),
      sendSticker: session("sendSticker"),
      keepSticker: session("keepSticker"),
      dropSticker: session("dropSticker"),
      editMessage: session("editMessage"),
      redactMessage: session("redactMessage"),
      forwardMessage: session("forwardMessage"),
      react: session("react"),
      loadEdits: session("loadEdits"),
      loadReactions: session("loadReactions"),
      unreact: session("unreact"),
      retrySend: session("retrySend"),
      retryAllSends: session("retryAllSends"),
      deleteSend: session("deleteSend"),
      editSend: session("editSend"),
      paginate: session("paginate"),
      moreThreads: session("moreThreads"),
      findEventAt: session("findEventAt"),
      searchMore: session("searchMore"),
      moreRoomMedia: session("moreRoomMedia"),
      fetchHistory: session("fetchHistory"),
      pauseHistory: session("pauseHistory"),
      startExport: session("startExport"),
      retryExport: session("retryExport"),
      cancelExport: session("cancelExport"),
      showExport: session("showExport"),
      visitRoom: session("visitRoom"),
      markRead: session("markRead"),
      setTyping: session("setTyping"),
      saveDraft: session("saveDraft"),
      loadThreadDraft: session("loadThreadDraft"),
      loadEventSource: session("loadEventSource"),
      startPoll: session("startPoll"),
      votePoll: session("votePoll"),
      endPoll: session("endPoll"),
      findPeople: session("findPeople"),
      findRooms: session("findRooms"),
      loadLinkPreview: session("loadLinkPreview"),
      describePills: session("describePills"),
      setDisplayName: session("setDisplayName"),
      setRoomDisplayName: session("setRoomDisplayName"),
      acceptInvite: session("acceptInvite"),
      declineInvite: session("declineInvite"),
      markRoomRead: session("markRoomRead"),
      markUnread: session("markUnread"),
      explainUnread: session("explainUnread"),
      recountUnread: session("recountUnread"),
      // The page says where it is also before anybody is signed in, and after.
      attend: (params) => lifetime.signedIn?.handlers.attend(params),
      actOnNotice: session("actOnNotice"),
      arrived: (params) => lifetime.signedIn?.handlers.arrived(params),
      changePushRules: session("changePushRules"),
      placeCall: session("placeCall"),
      answerCall: session("answerCall"),
      declineCall: session("declineCall"),
      hangUp: session("hangUp"),
      setCallMedia: session("setCallMedia"),
      listScreens: async () => ({ sources: (await platform.screens?.list()) ?? null }),
      chooseScreen: ({ id }) => platform.screens?.choose(id),
      // The page's connections may outlive the session by a moment.
      performedMedia: (params) => lifetime.signedIn?.handlers.performedMedia(params),
      reportMedia: (params) => lifetime.signedIn?.handlers.reportMedia(params),
      loadDiagnostics: async () => ({
        text: await diagnose({
          ...{ platform, store },
          session: () => accounts.state(),
          connection: () => connection.current(),
          mediaStats: () => media.stats(),
          timings: () => run.timings(),
        }),
      }),
      resetCache: () => lifetime.resetCache(),
      saveSettings(params) {
        settings.save(params.settings);
        void media.trim();
      },
      networkIsBack: () => lifetime.tryAgain(),
      openLink: ({ url }) => openLink(platform, url),
      ...attachments.handlers,
    },
    topics: {
      ...live.sources,
      session: (_params, emit) => ({ snapshot: accounts.state(), stop: accounts.onChange(emit) }),
      authentication: (_params, emit) => ({
        snapshot: authenticating.current(),
        stop: authenticating.watch(emit),
      }),
      connection: (_params, emit) => ({ snapshot: connection.current(), stop: connection.watch(emit) }),
      settings: (_params, emit) => settings.open(emit),
      downloads: (_params, emit) => ({
        snapshot: media.downloads.current(),
        stop: media.downloads.watch(emit),
      }),
    },
    media: attachments.media,
    stage: attachments.stage,
    async close() {
      stopFollowing();
      accountFeatures.stop();
      await lifetime.close();
    },
  };
}

/** Only what the specification lets a message lead to: pages, files of a server, mail, magnet links (XSS-06). */
async function openLink(platform: Platform, text: string): Promise<void> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["https:", "http:", "ftp:", "mailto:", "magnet:"].includes(url.protocol)) {
    throw new FailureError({ kind: "invalid", message: "not an address we open" });
  }
  await platform.openExternal(url.href);
}
