/**
 * What of `now` was typed since the field held `then`: the sent text leaves the field, keys pressed meanwhile stay.
 * "hello" → "hello wor" gives " wor"; also when typed in front of it or into its middle.
 */
export function typedSince(then: string, now: string): string {
  const shorter = Math.min(then.length, now.length);
  let head = 0;
  while (head < shorter && then[head] === now[head]) head++;
  let tail = 0;
  while (tail < shorter - head && then[then.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  return now.slice(head, now.length - tail);
}
