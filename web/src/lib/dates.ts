const day = new Intl.DateTimeFormat('en-US', { dateStyle: 'long' });
const moment = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'short' });

/** "November 23, 2026", in the reader's own time zone. */
export function formatDay(rfc3339: string): string {
  return day.format(new Date(rfc3339));
}

/** "Nov 23, 2026, 10:15 AM", in the reader's own time zone. */
export function formatMoment(rfc3339: string): string {
  return moment.format(new Date(rfc3339));
}

/** "2 to 4 business days". */
export function formatDays(min: number, max: number): string {
  if (min === max) return min === 1 ? '1 business day' : `${min} business days`;
  return `${min} to ${max} business days`;
}
