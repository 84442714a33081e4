import { Badge } from '@/ui/badge';
import { toneOf, wordsOf } from '../words';

/** A state in words, with its colour. */
export function StateBadge({ state }: { state: string }) {
  return <Badge tone={toneOf(state)}>{wordsOf(state)}</Badge>;
}
