// What the machine reads out of session descriptions, which are otherwise only passed on.

/** Some video section is in use. */
export const offersVideo = (sdp: string): boolean => /^m=video [1-9]/m.test(sdp);

/** Every audio section wants to send at most: whoever says so holds the other side (WebRTC, hold functionality). */
export function isHold(sdp: string): boolean {
  const sections = sdp.split(/^m=/m).slice(1);
  const session = sdp.slice(0, Math.max(sdp.search(/^m=/m), 0));
  const audio = sections.filter((section) => /^audio [1-9]/.test(section));
  const direction = (part: string) => /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m.exec(part)?.[1];
  return (
    audio.length > 0 &&
    audio.every((section) => /^(sendonly|inactive)$/.test(direction(section) ?? direction(session) ?? ""))
  );
}
