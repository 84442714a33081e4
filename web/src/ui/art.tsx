import type { Media } from '@/api/types';
import { cx } from '@/lib/cx';
import { useTheme } from '@/lib/theme';

type Props = { media: Media | null | undefined; className?: string; eager?: boolean; decorative?: boolean };

/** A product picture in the theme's variant. The box keeps its place before the file arrives. */
export function Art({ media, className, eager = false, decorative = false }: Props) {
  const theme = useTheme();
  if (!media) return <div className={cx('bg-art', className)} />;
  return (
    <img
      src={theme === 'dark' ? (media.url_dark ?? media.url) : media.url}
      alt={decorative ? '' : media.alt}
      width={media.width}
      height={media.height}
      loading={eager ? 'eager' : 'lazy'}
      fetchPriority={eager ? 'high' : 'auto'}
      decoding="async"
      className={cx('bg-art object-contain', className)}
    />
  );
}
