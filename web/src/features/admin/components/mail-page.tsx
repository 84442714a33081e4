import { useMemo } from 'react';

const LEAST_HEIGHT = 240;

/**
 * A message as it is read in a mail program. The frame runs no script and sends no form; its links open elsewhere.
 * The content policy allows no style attribute in markup, so these get another name and are set on the elements afterwards.
 */
export function MailPage({ html, title }: { html: string; title: string }) {
  const markup = useMemo(() => withoutStyles(html), [html]);
  return (
    <iframe
      title={title}
      srcDoc={markup}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      className="block min-h-60 w-full rounded-md border border-line"
      onLoad={(event) => {
        const frame = event.currentTarget;
        const inside = frame.contentDocument;
        if (!inside) return;
        for (const element of inside.querySelectorAll<HTMLElement>('[data-style]')) element.style.cssText = element.dataset['style'] ?? '';
        frame.style.height = `${Math.max(LEAST_HEIGHT, inside.documentElement.scrollHeight)}px`;
      }}
    />
  );
}

function withoutStyles(html: string): string {
  // Renamed before anything parses it, since a parser reports each of them. One that slips through is not applied.
  const renamed = html.replaceAll(/<[a-z][^>]*>/gi, (tag) => tag.replaceAll(/\sstyle\s*=/gi, ' data-style='));
  const parsed = new DOMParser().parseFromString(renamed, 'text/html');
  for (const element of parsed.querySelectorAll('script, style, link, base, meta[http-equiv], iframe, object, embed')) element.remove();
  const base = parsed.createElement('base');
  base.target = '_blank';
  parsed.head.prepend(base);
  return `<!doctype html>${parsed.documentElement.outerHTML}`;
}
