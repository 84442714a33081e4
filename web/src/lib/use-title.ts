import { useEffect } from 'react';

/** Sets the document's title; a page that is not to be indexed says so in the head. */
export function useTitle(title: string, { index = true }: { index?: boolean } = {}): void {
  useEffect(() => {
    document.title = title === '' ? 'TechMart' : `${title} · TechMart`;
  }, [title]);
  useEffect(() => {
    if (index) return;
    const meta = document.createElement('meta');
    meta.name = 'robots';
    meta.content = 'noindex';
    document.head.append(meta);
    return () => meta.remove();
  }, [index]);
}
