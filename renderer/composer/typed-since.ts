/**
 * What of `now` was typed since the field held `then`: the sent text leaves the field, keys pressed meanwhile stay.
 * "hello" → "hello wor" gives " wor"; also when typed in front of it or into its middle.
 * Where it does not stand there any more, other words do, and all of them stay.
 */
export function typedSince(then: string, now: string): string {
  const shorter = Math.min(then.length, now.length);
  let head = 0;
  while (head < shorter && then[head] === now[head]) head++;
  let tail = 0;
  while (tail < shorter - head && then[then.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  // Parts of it were replaced: what looks like it may have been typed anew, and nobody may lose that.
  const isReplaced = head + tail < shorter;
  return isReplaced ? now : now.slice(head, now.length - tail);
}
