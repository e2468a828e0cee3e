import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import { isObject, objectOf, type JsonObject, type MatrixEvent } from "../event.ts";
import {
  afterAll,
  profileGuessed,
  profileSettled,
  profileUnknown,
  type Place,
  type Segment,
  type TimelineQueries,
} from "../store/queries/timeline.ts";
import { memberOf, ownProfileIn, profileBefore, profileIn, type Profile } from "./profile.ts";
import { ceilingOf, floorOf } from "./segments.ts";
import type { TouchedRows } from "./touched.ts";

// Names as they were (DSP-02…05). Going back means undoing: the profile of a person at an event is what their nearest
// earlier member event says; where that is not loaded yet, what the nearest later one replaced; else what the server
// sent beside the page; else what they are called now. The first is settled, the others wait to be corrected.
// Nothing crosses a hole in the history: what happened inside it is unknown.

export interface KnownProfile extends Profile {
  readonly quality: number;
}

const start = (segment: number): Place => ({ segment, position: Number.MIN_SAFE_INTEGER });
const from = (at: Place) => ({ fromSegment: at.segment, fromPosition: at.position });
const to = (at: Place) => ({ toSegment: at.segment, toPosition: at.position });
const named = (profile: Profile) => ({ name: profile.name, avatar: profile.avatarMxc });

function parsed(raw: string): JsonObject {
  const value: unknown = JSON.parse(raw);
  return isObject(value) ? value : {};
}

export interface PageInHistory {
  readonly roomId: RoomId;
  readonly segment: number;
  /** The room's segments once the page is in: its own gap moved or closed. */
  readonly segments: readonly Segment[];
  /** The oldest place of the segment before the page, or null when it was empty. */
  readonly oldestBefore: Place | null;
  /** New events, newest first. */
  readonly events: readonly MatrixEvent[];
  /** Member profiles that came beside the page (lazy loading). */
  readonly state: ReadonlyMap<string, Profile>;
}

export function historyProfiles(q: TimelineQueries, touched: TouchedRows) {
  const noteAll = (roomId: RoomId, rows: readonly { readonly eventId: EventId }[]): void => {
    for (const { eventId } of rows) touched.note(roomId, eventId);
  };

  /** What the nearest member event before `place` says, down to `floor`. */
  function profileFromBefore(roomId: RoomId, userId: UserId, place: Place, floor: number): Profile | null {
    const found = q.memberEventBefore.get({ roomId, userId, ...place, floor });
    return found === undefined ? null : profileIn(objectOf(parsed(found.raw), "content"));
  }

  /** What the nearest member event after `place` replaced, up to `ceiling`. */
  function profileFromAfter(roomId: RoomId, userId: UserId, place: Place, ceiling: number): Profile | null {
    const found = q.memberEventAfter.get({ roomId, userId, ...place, ceiling });
    return found === undefined ? null : profileBefore(parsed(found.raw));
  }

  /** Profiles of the page's events, by index; asks the store once per person. */
  function ofPage(page: PageInHistory): KnownProfile[] {
    const { roomId, segment, events } = page;
    const floor = floorOf(page.segments, segment);
    const ceiling = ceilingOf(page.segments, segment);
    const later = laterInPage(events);
    const earlier = new Map<string, Profile | null>();
    const storedLater = new Map<string, Profile | null>();
    const known: KnownProfile[] = [];
    const newerThanPage = page.oldestBefore ?? afterAll;
    for (let i = events.length - 1; i >= 0; i--) {
      const event = events[i];
      if (event === undefined) continue;
      const { sender } = event;
      const own = ownProfileIn(event);
      if (!earlier.has(sender) && floor < segment)
        earlier.set(sender, profileFromBefore(roomId, sender, start(segment), floor));
      const settled = own ?? earlier.get(sender);
      if (settled !== null && settled !== undefined) {
        known[i] = { ...settled, quality: profileSettled };
      } else {
        if (!storedLater.has(sender)) {
          const at: Place = page.oldestBefore === null ? newerThanPage : before(newerThanPage);
          storedLater.set(sender, profileFromAfter(roomId, sender, at, ceiling));
        }
        known[i] = guess(
          later[i] !== undefined ? later[i] : storedLater.get(sender),
          page.state.get(sender),
          q.member.get({ roomId, userId: sender }),
        );
      }
      const about = memberOf(event);
      const says = about === null ? null : profileIn(event.content);
      if (about !== null && says !== null) earlier.set(about, says);
    }
    return known;
  }

  /** Corrects the rows after the page that one of its member events governs. Call once the page is stored. */
  function settleNewer(page: PageInHistory, placeOf: (eventId: EventId) => Place | undefined): void {
    const { roomId } = page;
    const ceiling = ceilingOf(page.segments, page.segment);
    const seen = new Set<string>();
    for (const event of page.events) {
      const userId = memberOf(event) as UserId | null;
      if (userId === null || seen.has(userId)) continue;
      seen.add(userId);
      const at = placeOf(event.eventId);
      const profile = profileIn(event.content);
      if (at === undefined || profile === null) continue;
      const next = q.memberEventAfter.get({ roomId, userId, ...at, ceiling }) ?? start(ceiling + 1);
      const range = { roomId, userId, ...from(at), ...to(next) };
      noteAll(roomId, q.settleProfiles.all({ ...range, ...named(profile), profile: profileSettled }));
    }
  }

  /** A hole has closed below `segment`: what both sides know of people holds for the other side too. */
  function settleAcross(roomId: RoomId, segments: readonly Segment[], segment: number): void {
    const seam = start(segment);
    const floor = floorOf(segments, segment);
    const ceiling = ceilingOf(segments, segment);
    if (floor === segment) return;
    for (const { sender: userId } of q.sendersUnsettled.all({
      roomId,
      fromSegment: segment,
      toSegment: ceiling,
    })) {
      const profile = profileFromBefore(roomId, userId, seam, floor);
      if (profile === null) continue;
      const next = q.memberEventAfter.get({ roomId, userId, ...seam, ceiling }) ?? start(ceiling + 1);
      const range = { roomId, userId, ...from(seam), ...to(next) };
      noteAll(roomId, q.settleProfiles.all({ ...range, ...named(profile), profile: profileSettled }));
    }
    for (const { sender: userId } of q.sendersUnsettled.all({
      roomId,
      fromSegment: floor,
      toSegment: segment - 1,
    })) {
      const isGuidedAlready =
        q.memberEventAfter.get({ roomId, userId, ...start(floor), ceiling: segment - 1 }) !== undefined;
      const profile = isGuidedAlready ? null : profileFromAfter(roomId, userId, seam, ceiling);
      if (profile === null) continue;
      const range = { roomId, userId, ...from(start(floor)), ...to(seam) };
      noteAll(roomId, q.settleProfiles.all({ ...range, ...named(profile), profile: profileGuessed }));
    }
  }

  /** Gives rows that have no name at all the one we have just learnt (STA-16). Never changes a name. */
  function fillUnknown(roomId: RoomId, userId: UserId, profile: Profile): void {
    noteAll(roomId, q.fillUnknownProfiles.all({ roomId, userId, ...named(profile) }));
  }

  /** The member event at `place` was redacted: rows that had their name from it lose it (RED-02). */
  function forget(roomId: RoomId, userId: UserId, place: Place, profile: Profile): void {
    const next = q.memberEventAfter.get({ roomId, userId, ...place, ceiling: afterAll.segment }) ?? afterAll;
    const range = { roomId, userId, ...from(place), ...to(next) };
    noteAll(roomId, q.forgetProfile.all({ ...range, ...named(profile) }));
  }

  return { ofPage, settleNewer, settleAcross, fillUnknown, forget };
}

/** Just before `place`, so that "after it" includes the event there. */
const before = (place: Place): Place => ({ segment: place.segment, position: place.position - 1 });

/**
 * For each event of the page, what its sender's nearest later member event *in the page* replaced: undefined when there
 * is none, null when it does not say.
 */
function laterInPage(events: readonly MatrixEvent[]): (Profile | null | undefined)[] {
  const later = new Map<string, Profile | null>();
  return events.map((event) => {
    const found = later.get(event.sender);
    const about = memberOf(event);
    if (about !== null) later.set(about, profileBefore(event.raw));
    return about === event.sender ? (profileBefore(event.raw) ?? found) : found;
  });
}

function guess(...candidates: readonly (Profile | null | undefined)[]): KnownProfile {
  for (const candidate of candidates) {
    if (candidate !== null && candidate !== undefined)
      return { name: candidate.name, avatarMxc: candidate.avatarMxc, quality: profileGuessed };
  }
  return { name: null, avatarMxc: null, quality: profileUnknown };
}
