import type { Sender, StateChange, StateItem } from "../../preload/contract/models/timeline.ts";
import { strings } from "./timeline-strings.ts";

// A change of room state as one sentence. Names are plain text; whoever shows it sets it as text.

/** "Ana changed the topic to “Plans”" */
export function stateSentence(item: Pick<StateItem, "sender" | "change">): string {
  const who = nameOf(item.sender);
  const { change } = item;
  const s = strings.state;
  switch (change.type) {
    case "created":
      return s.created(who);
    case "name":
      return change.to === null || change.to === "" ? s.nameRemoved(who) : s.name(who, change.to);
    case "topic":
      return change.to === null || change.to === "" ? s.topicRemoved(who) : s.topic(who, oneLine(change.to));
    case "avatar":
      return change.isRemoved ? s.avatarRemoved(who) : s.avatar(who);
    case "membership":
      return membershipSentence(who, item.sender, change);
    case "profile":
      return profileSentence(who, change);
    case "join-rules":
      return s.joinRules(who, change.rule);
    case "history-visibility":
      return s.historyVisibility(who, change.visibility);
    case "guest-access":
      return s.guestAccess(who, change.access);
    case "power-levels":
      return s.powerLevels(who);
    case "encryption":
      return s.encryption(who);
    case "canonical-alias":
      return change.alias === null ? s.aliasRemoved(who) : s.alias(who, change.alias);
    case "pinned":
      return s.pinned(who, change.change);
    case "upgraded":
      return s.upgraded(who);
    case "server-acl":
      return s.serverAcl(who);
  }
}

/** The name as a sentence needs it; the id with it where two share a name (DSP-08). */
export function nameOf(sender: Sender): string {
  if (sender.isOwn) return strings.you;
  return sender.isAmbiguous ? `${sender.name} (${sender.userId})` : sender.name;
}

type Membership = Extract<StateChange, { type: "membership" }>;
type Profile = Extract<StateChange, { type: "profile" }>;

function membershipSentence(who: string, sender: Sender, change: Membership): string {
  const s = strings.state;
  const isSelf = change.target === sender.userId;
  const target = isSelf ? who : change.targetName;
  const sentence = {
    joined: () => s.joined(target),
    left: () => s.left(target),
    invited: () => s.invited(who, target),
    kicked: () => s.kicked(who, target),
    banned: () => s.banned(who, target),
    unbanned: () => s.unbanned(who, target),
    knocked: () => s.knocked(target),
    declined: () => s.declined(target),
    withdrawn: () => s.withdrawn(who, target),
    "knock-accepted": () => s.knockAccepted(who, target),
    "knock-denied": () => s.knockDenied(who, target),
    "knock-retracted": () => s.knockRetracted(target),
  }[change.change]();
  const reason = oneLine(change.reason ?? "");
  return reason === "" ? sentence : s.withReason(sentence, reason);
}

function profileSentence(who: string, change: Profile): string {
  const s = strings.state;
  const { nameFrom: from, nameTo: to, isAvatarChanged } = change;
  // The sender's name of that moment is already the new one: say who it was before.
  if (from === to) return isAvatarChanged ? s.picture(who) : s.nothingSeen(who);
  const was = from ?? who;
  if (to === null) return isAvatarChanged ? s.nameAndPictureRemoved(was) : s.displayNameRemoved(was);
  if (from === null) return isAvatarChanged ? s.nameSetAndPicture(who, to) : s.displayNameSet(who, to);
  return isAvatarChanged ? s.renamedWithPicture(was, to) : s.renamed(was, to);
}

/** Line breaks and runs of space in a topic or a reason must not tear the line apart. */
export function oneLine(text: string): string {
  const line = text.replace(/\s+/gu, " ").trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
