import { useQuery } from '@tanstack/react-query';
import type { SearchStatus } from '@/api/types';
import { Badge } from '@/ui/badge';
import { Skeleton } from '@/ui/skeleton';
import { ErrorState, Notice } from '@/ui/states';
import { searchStatusQuery } from '../api/search';
import { Facts, Section } from './section';

const ENGINES: Record<string, string> = { embedded: 'Embedded index', opensearch: 'OpenSearch' };
export const engineName = (engine: string): string => ENGINES[engine] ?? engine;
const count = (value: number) => value.toLocaleString('en-US');

/** How the engines are doing, kept current. */
export function StatusPanel() {
  const { data, error, refetch } = useQuery(searchStatusQuery);
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} title="The state of search did not load" />;
  if (!data) return <Skeleton className="h-44 rounded-lg" />;
  return (
    <div className="space-y-4">
      {data.degraded && (
        <Notice tone="warn" title="The chosen engine is away">
          <p>The embedded index answers shoppers until it is back. Nothing is lost: it catches up by itself.</p>
        </Notice>
      )}
      <div className="grid gap-4 md:grid-cols-2">
        {data.engines.map((engine) => (
          <EnginePanel key={engine.engine} engine={engine} />
        ))}
        <Section title="Products">
          <Facts
            rows={[
              { name: 'On sale', value: count(data.products) },
              { name: 'With a vector', value: data.model === null ? 'No sentence model' : `${count(data.embedded)} of ${count(data.products)}` },
              ...(data.model === null ? [] : [{ name: 'Sentence model', value: <span className="break-all">{data.model}</span> }]),
              { name: 'Ranking', value: data.model === null ? 'By words' : 'By words and by meaning' },
              { name: 'Change of synonyms and rules', value: `No. ${count(data.merchandising_revision)}` },
            ]}
          />
        </Section>
      </div>
    </div>
  );
}

function EnginePanel({ engine: { engine, chosen, available, behind, cursor } }: { engine: SearchStatus['engines'][number] }) {
  return (
    <Section title={engineName(engine)} action={<Badge tone={available ? 'ok' : 'danger'}>{available ? 'Available' : 'Away'}</Badge>}>
      <Facts
        rows={[
          { name: 'Answers shoppers', value: chosen ? 'Yes' : 'Only when the other is away' },
          { name: 'Changes to take in', value: behind === null ? 'Unknown' : behind === 0 ? 'None' : count(behind) },
          { name: 'Last change', value: cursor === null ? 'Unknown' : `No. ${count(cursor)}` },
        ]}
      />
    </Section>
  );
}
