/** Browser storage that may be blocked or full: reads then find nothing and writes change nothing. */
type Kind = 'local' | 'session';

const store = (kind: Kind): Storage => (kind === 'local' ? localStorage : sessionStorage);

export function readStored(kind: Kind, key: string): string | null {
  try {
    return store(kind).getItem(key);
  } catch {
    return null;
  }
}

export function writeStored(kind: Kind, key: string, value: string): void {
  try {
    store(kind).setItem(key, value);
  } catch {
    // Private mode or a full disk: the page works on without memory.
  }
}

export function removeStored(kind: Kind, key: string): void {
  try {
    store(kind).removeItem(key);
  } catch {
    // See writeStored.
  }
}

/** A stored JSON value, or null when there is none or it is not what `accepts` asks for. */
export function readJson<T>(kind: Kind, key: string, accepts: (value: unknown) => value is T): T | null {
  const text = readStored(kind, key);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return accepts(value) ? value : null;
  } catch {
    return null;
  }
}
