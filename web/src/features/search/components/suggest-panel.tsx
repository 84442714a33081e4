import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useId, useImperativeHandle, useState, type ReactNode, type Ref } from 'react';
import { cx } from '@/lib/cx';
import { formatMoney } from '@/lib/money';
import { useDebounced } from '@/lib/use-debounced';
import { Art } from '@/ui/art';
import { ArrowRight, SearchIcon, TrashIcon } from '@/ui/icons';
import { ClockIcon } from '@/ui/rare-icons';
import { suggestQuery } from '../api/suggest';
import { sent } from '../events';
import { forgetSearches, recentSearches } from '../recent-searches';
import { aroundTyped, groupsFor, type SuggestGroup, type SuggestOption } from '../suggest-options';

const PAUSE_MS = 120;

/** Lets the box act on the row that its keys are at. */
export type SuggestHandle = { choose: (at: number) => void };

type Props = {
  ref: Ref<SuggestHandle>;
  id: string;
  text: string;
  /** The row that the arrow keys are at; -1 for none. */
  active: number;
  onActive: (at: number) => void;
  /** How many rows there are: the box counts them for its keys. */
  onCount: (count: number) => void;
  onSearch: (text: string) => void;
  onLeave: () => void;
};

/** The list below the search box. Its code comes with the first look into the box. */
export function SuggestPanel({ ref, id, text, active, onActive, onCount, onSearch, onLeave }: Props) {
  const navigate = useNavigate();
  const heading = useId();
  const [recent, setRecent] = useState(recentSearches);
  const typed = text.trim();
  const wanted = useDebounced(typed, PAUSE_MS);
  const { data } = useQuery(suggestQuery(wanted, true));
  // Rows are shown only while they belong to what is in the box.
  const groups = wanted === typed ? groupsFor(typed, data, recent) : [];
  const options = groups.flatMap((group) => group.options);
  const count = options.length;
  useEffect(() => {
    onCount(count);
    return () => onCount(0);
  }, [count, onCount]);

  const go = (option: SuggestOption) => {
    switch (option.kind) {
      case 'recent':
      case 'query':
        return onSearch(option.text);
      case 'forget':
        forgetSearches();
        setRecent([]);
        return onActive(-1);
      case 'category':
        onLeave();
        return void navigate({ to: '/c/$slug', params: { slug: option.slug }, search: {} });
      case 'product':
        if (typed !== '') sent.click(option.id, { query: typed });
        onLeave();
        return void navigate({ to: '/p/$slug', params: { slug: option.slug } });
    }
  };
  useEffect(() => {
    // In a low window the list scrolls.
    if (active >= 0) document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [active, id]);
  useImperativeHandle(ref, () => ({
    choose: (at) => {
      const option = options[at];
      if (option) go(option);
    },
  }));
  return (
    <>
      <p role="status" className="sr-only">
        {count > 0 ? `${count} suggestions` : ''}
      </p>
      <div
        id={id}
        role="listbox"
        aria-label="Suggestions"
        hidden={count === 0}
        className="absolute inset-x-0 top-full z-40 mt-2 max-h-[calc(100dvh-9rem)] animate-rise overflow-y-auto rounded-lg border border-line bg-surface p-1.5 text-left shadow-pop"
      >
        {groups.map((group) => (
          <Group key={group.title ?? ''} group={group} heading={`${heading}-${group.title ?? ''}`}>
            {group.options.map((option) => {
              const at = options.indexOf(option);
              return (
                <div
                  key={`${option.kind}-${option.text}-${at}`}
                  id={`${id}-${at}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={at === active}
                  // The box keeps the focus; the press must not take it away before the click.
                  onMouseDown={(event) => event.preventDefault()}
                  onMouseMove={() => onActive(at)}
                  // Keys are handled by the box, as a combobox wants it.
                  onClick={() => go(option)}
                  className={cx('flex min-h-11 cursor-pointer items-center gap-3 rounded-md px-3 text-base sm:text-sm', at === active && 'bg-sunken')}
                >
                  <Row option={option} typed={typed} />
                </div>
              );
            })}
          </Group>
        ))}
      </div>
    </>
  );
}

function Group({ group, heading, children }: { group: SuggestGroup; heading: string; children: ReactNode }) {
  if (group.title === null) return children;
  const id = heading.replaceAll(' ', '-');
  return (
    <div role="group" aria-labelledby={id} className="not-first:mt-1 not-first:border-t not-first:border-line not-first:pt-1">
      <p id={id} role="presentation" className="px-3 pt-2 pb-1 text-xs font-medium text-muted">
        {group.title}
      </p>
      {children}
    </div>
  );
}

const ICONS = { recent: ClockIcon, query: SearchIcon, forget: TrashIcon, category: ArrowRight };

function Row({ option, typed }: { option: SuggestOption; typed: string }) {
  if (option.kind === 'product') {
    return (
      <>
        <Art media={option.image} decorative className="my-1 size-10 rounded-sm" />
        <span className="min-w-0 flex-1 truncate">
          <Typed text={option.text} typed={typed} />
        </span>
        <span className="tabular text-muted">{formatMoney(option.price)}</span>
      </>
    );
  }
  const Icon = ICONS[option.kind];
  return (
    <>
      <Icon className="mx-2.5 size-4.5 shrink-0 text-muted" />
      <span className={cx('min-w-0 flex-1 truncate', option.kind === 'forget' && 'text-muted')}>
        {option.kind === 'category' && <span className="text-muted">All in </span>}
        {option.kind === 'forget' ? option.text : <Typed text={option.text} typed={typed} />}
      </span>
    </>
  );
}

/** What was typed stands out, so that one sees what a row adds. */
function Typed({ text, typed }: { text: string; typed: string }) {
  const [before, part, after] = aroundTyped(text, typed);
  return (
    <>
      {before}
      {part !== '' && <b className="font-semibold">{part}</b>}
      {after}
    </>
  );
}
