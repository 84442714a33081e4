import { lazy, type ComponentType } from 'react';

/** A part of a page that the page can do without: where its code does not come, there is nothing in its place. */
export function late<Props>(load: () => Promise<ComponentType<Props>>) {
  const nothing: ComponentType<Props> = () => null;
  return lazy(async () => ({ default: await load().catch(() => nothing) }));
}
