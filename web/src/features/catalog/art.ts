import type { CategoryNode, Media } from '@/api/types';

/** The generated picture of a category, in both themes. The service draws it from the kind and a seed. */
export function categoryArt({ art, slug, name }: Pick<CategoryNode, 'art' | 'slug' | 'name'>): Media {
  const url = (theme: string) => `/api/v1/media/art/${encodeURIComponent(art)}/${encodeURIComponent(slug)}.svg?theme=${theme}`;
  return { url: url('light'), url_dark: url('dark'), alt: name, width: 800, height: 800 };
}
