const MINUTE_MS = 60_000;

/** "2026-11-23T10:15" in the reader's own time zone, as a date field wants it; empty for none. */
export function toField(rfc3339: string | null): string {
  if (rfc3339 === null) return '';
  const date = new Date(rfc3339);
  return new Date(date.getTime() - date.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}

/** What a date field holds, as the API wants it; null for none. */
export const fromField = (text: string): string | null => (text === '' ? null : new Date(text).toISOString());
