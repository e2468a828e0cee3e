// Dates and times as the system's language writes them. Formatters are dear to make and cheap to use.

const locale = typeof navigator === "undefined" ? "en" : navigator.language;
// "9:05 AM", but "09:05": a leading zero belongs to the clock of 24 hours.
const { hourCycle } = new Intl.DateTimeFormat(locale, { hour: "numeric" }).resolvedOptions();
const hour = hourCycle === "h23" || hourCycle === "h24" ? "2-digit" : "numeric";
const clock = new Intl.DateTimeFormat(locale, { hour, minute: "2-digit" });
const exact = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "medium" });
const dayThisYear = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const dayOtherYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
const relativeDay = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

// Most messages in view share a minute with another: one formatting each.
const minutes = new Map<number, string>();

/** "14:05" in local time. `ts` is ms since the epoch, from a stranger: anything may be in it. */
export function clockTime(ts: number): string {
  const minute = Math.floor(ts / 60_000);
  let text = minutes.get(minute);
  if (text === undefined) {
    text = format(clock, ts);
    if (minutes.size > 5000) minutes.clear();
    minutes.set(minute, text);
  }
  return text;
}

/** The time without "AM" or "PM", for places as narrow as an avatar; the row before it says which half of the day. */
export const narrowTime = (ts: number): string =>
  clockTime(ts).replace(/\s*\p{L}+\.?(?:\s*\p{L}+\.?)?$/u, "");

/** The full date and time, for tooltips. */
export const exactTime = (ts: number): string => format(exact, ts);

/** "Today", "Yesterday", "Friday, 3 May" or "3 May 2022", seen from `now`. */
export function dayName(ts: number, now: number): string {
  const days = dayNumber(ts) - dayNumber(now);
  if (days === 0 || days === -1) {
    const text = relativeDay.format(days, "day");
    return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
  }
  return format(new Date(ts).getFullYear() === new Date(now).getFullYear() ? dayThisYear : dayOtherYear, ts);
}

/** ISO for `<time datetime>`, or null when the number is no date. */
export function isoTime(ts: number): string | null {
  const date = new Date(ts);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Local calendar days since some day; summer time does not matter. */
function dayNumber(ts: number): number {
  const date = new Date(ts);
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}

function format(formatter: Intl.DateTimeFormat, ts: number): string {
  // Beyond ±8.64e15 ms there are no dates, and format() throws.
  return Math.abs(ts) <= 8.64e15 ? formatter.format(ts) : "";
}
