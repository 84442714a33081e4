import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { formatMoment } from '@/lib/dates';
import { Button } from '@/ui/button';
import { Loading, Skeleton } from '@/ui/skeleton';
import { ErrorState, Notice } from '@/ui/states';
import { messageQuery, type Source } from '../api/mailbox';
import { MailPage } from './mail-page';
import { Facts } from './section';
import { StateBadge } from './state-badge';

/** One message: to whom, what became of it, and what it says. */
export function MessageView({ source, id }: { source: Source; id: string }) {
  const { data: message, error, refetch } = useQuery(messageQuery(source, id));
  const [plain, setPlain] = useState(false);
  if (!message) {
    if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
    return (
      <Loading label="Loading the message">
        <Skeleton className="h-96 rounded-lg" />
      </Loading>
    );
  }
  const { body } = message;
  const html = body?.html ?? null;
  const rows = [
    { name: 'To', value: <span className="break-all">{message.recipient}</span> },
    { name: 'Written', value: formatMoment(message.created_at) },
    { name: 'State', value: <StateBadge state={message.progress} /> },
    ...(message.sent_at === null ? [] : [{ name: 'Sent', value: formatMoment(message.sent_at) }]),
    ...(message.attempts > 0 ? [{ name: 'Attempts', value: String(message.attempts) }] : []),
  ];
  return (
    <article aria-labelledby="subject" className="space-y-4 rounded-lg border border-line bg-surface p-5">
      <h2 id="subject" className="text-lg">
        {message.subject}
      </h2>
      <Facts rows={rows} />
      {message.last_error !== null && <Notice tone="danger" live="off" title={message.last_error} />}
      {body === null && (
        <Notice live="off" title="The text is not shown">
          <p>It holds a link that opens an account. Once a mail server is configured only its recipient reads it; without one, staff with all permissions do, until it was sent or ran out.</p>
        </Notice>
      )}
      {html !== null && (
        <div role="group" aria-label="How it is shown" className="flex gap-2">
          <Button look={plain ? 'quiet' : 'secondary'} size="sm" aria-pressed={!plain} onClick={() => setPlain(false)}>
            Page
          </Button>
          <Button look={plain ? 'secondary' : 'quiet'} size="sm" aria-pressed={plain} onClick={() => setPlain(true)}>
            Text
          </Button>
        </div>
      )}
      {body !== null && (html !== null && !plain ? <MailPage html={html} title={message.subject} /> : <p className="text-sm break-words whitespace-pre-wrap">{body.text}</p>)}
    </article>
  );
}
