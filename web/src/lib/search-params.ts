/** Addresses a person can read: `?brand=sony&brand=bose&page=2`, repeated keys for lists, no JSON. */
export type RawSearch = Record<string, string | string[]>;

export function parseSearch(text: string): RawSearch {
  const raw: RawSearch = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const known = raw[key];
    if (known === undefined) raw[key] = value;
    else if (Array.isArray(known)) known.push(value);
    else raw[key] = [known, value];
  }
  return raw;
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null && item !== '') params.append(key, String(item));
    }
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

export function oneOf(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' && first !== '' ? first : undefined;
}

export function listOf(value: unknown): string[] | undefined {
  const all = (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string' && item !== '');
  return all.length > 0 ? [...new Set(all)] : undefined;
}

/** A whole number from `min` to a billion; anything else counts as absent. */
export function wholeOf(value: unknown, min = 0): number | undefined {
  const text = typeof value === 'number' ? String(value) : oneOf(value);
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= min && number <= 1_000_000_000 ? number : undefined;
}

export function flagOf(value: unknown): true | undefined {
  return value === true || oneOf(value) === 'true' ? true : undefined;
}
