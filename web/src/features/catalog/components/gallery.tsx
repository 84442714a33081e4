import { useState } from 'react';
import type { Media } from '@/api/types';
import { cx } from '@/lib/cx';
import { Art } from '@/ui/art';
import { Badge } from '@/ui/badge';

/** One large picture and thumbnails, on phones too. The first picture follows the chosen variant. */
export function Gallery({ media, title, off }: { media: readonly Media[]; title: string; off: number | null }) {
  const [index, setIndex] = useState(0);
  const shown = media[index] ?? media[0] ?? null;
  const step = (by: number) => setIndex((index + by + media.length) % media.length);
  return (
    <div className="lg:sticky lg:top-32">
      <div className="relative overflow-hidden rounded-xl border border-line bg-art">
        <Art media={shown} eager className="aspect-square w-full sm:max-lg:aspect-[4/3]" />
        {off !== null && (
          <span className="absolute top-4 left-4">
            <Badge tone="danger">−{off}%</Badge>
          </span>
        )}
      </div>
      {media.length > 1 && (
        <ul aria-label={`Pictures of ${title}`} className="mt-3 flex gap-2.5 overflow-x-auto p-0.5">
          {media.map((item, at) => (
            <li key={item.url}>
              <button
                type="button"
                aria-label={`Picture ${at + 1} of ${media.length}`}
                aria-current={at === index || undefined}
                onClick={() => setIndex(at)}
                onKeyDown={(event) => {
                  if (event.key === 'ArrowRight') step(1);
                  if (event.key === 'ArrowLeft') step(-1);
                }}
                className={cx('block overflow-hidden rounded-md border-2', at === index ? 'border-brand' : 'border-line hover:border-line-strong')}
              >
                <Art media={item} decorative className="size-16 sm:size-20" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
