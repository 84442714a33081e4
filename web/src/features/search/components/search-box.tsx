import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { cx } from '@/lib/cx';
import { formatMoney } from '@/lib/money';
import { useDebounced } from '@/lib/use-debounced';
import { Art } from '@/ui/art';
import { ArrowRight, CloseIcon, SearchIcon } from '@/ui/icons';
import { suggestQuery } from '../api/search';
import { optionsOf, type SuggestOption } from '../suggest-options';

const PAUSE_MS = 120;

type Props = { initial?: string; large?: boolean };

/**
 * The shop's search: a form with an ARIA combobox. Enter without a chosen row searches for the text;
 * a row leads to a search, a category or a product.
 */
export function SearchBox({ initial = '', large = false }: Props) {
  const navigate = useNavigate();
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(initial);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const wanted = useDebounced(text.trim(), PAUSE_MS);
  const { data } = useQuery(suggestQuery(open ? wanted : ''));
  // Rows are shown only while they belong to what is in the box.
  const options = open && data && wanted === text.trim() && wanted !== '' ? optionsOf(data) : [];
  const shown = options.length > 0;

  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const search = (q: string) => {
    setText(q);
    close();
    input.current?.blur();
    void navigate({ to: '/search', search: { q } });
  };
  const go = (option: SuggestOption) => {
    if (option.kind === 'query') return search(option.text);
    setText('');
    close();
    input.current?.blur();
    if (option.kind === 'category') void navigate({ to: '/c/$slug', params: { slug: option.slug }, search: {} });
    else void navigate({ to: '/p/$slug', params: { slug: option.slug } });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setOpen(true);
      if (shown) setActive((at) => (at + step + 1 + options.length + 1) % (options.length + 1) - 1);
    } else if (event.key === 'Escape') {
      if (shown) close();
      else setText('');
    } else if (event.key === 'Enter') {
      const option = options[active];
      if (option) {
        event.preventDefault();
        go(option);
      }
    }
  };

  return (
    <form
      role="search"
      className="relative w-full"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') search(text.trim());
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close();
      }}
    >
      <SearchIcon className={cx('pointer-events-none absolute top-1/2 -translate-y-1/2 text-muted', large ? 'left-5 size-6' : 'left-3.5 size-5')} />
      <input
        ref={input}
        type="text"
        enterKeyHint="search"
        role="combobox"
        aria-label="Search products"
        aria-expanded={shown}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 && shown ? `${list}-${active}` : undefined}
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        maxLength={200}
        placeholder={large ? 'Search phones, laptops, headphones…' : 'Search products'}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setOpen(true);
          setActive(-1);
        }}
        onFocus={() => setOpen(true)}
        onKeyDown={onKeyDown}
        className={cx(
          'w-full border bg-surface text-ink placeholder:text-muted',
          large
            ? 'min-h-15 rounded-lg border-line-strong/60 pr-32 pl-14 text-lg shadow-card'
            : 'min-h-11 rounded-md border-line-strong/50 pr-12 pl-11 text-base',
        )}
      />
      {text !== '' && (
        <button
          type="button"
          aria-label="Clear search"
          onClick={() => {
            setText('');
            input.current?.focus();
          }}
          className={cx('absolute top-1/2 grid size-9 -translate-y-1/2 place-items-center rounded-sm text-muted hover:bg-sunken', large ? 'right-28' : 'right-1.5')}
        >
          <CloseIcon className="size-4" />
        </button>
      )}
      {large && (
        <button type="submit" className="absolute inset-y-1.5 right-1.5 rounded-md bg-brand px-5 font-medium text-brand-ink hover:bg-brand-hover">
          Search
        </button>
      )}
      <p role="status" className="sr-only">
        {shown ? `${options.length} suggestions` : ''}
      </p>
      <ul
        id={list}
        role="listbox"
        aria-label="Suggestions"
        hidden={!shown}
        className="absolute inset-x-0 top-full z-40 mt-2 animate-rise overflow-hidden rounded-lg border border-line bg-surface p-1.5 text-left shadow-pop"
      >
        {options.map((option, at) => (
          <li
            key={`${option.kind}-${option.text}-${at}`}
            id={`${list}-${at}`}
            role="option"
            aria-selected={at === active}
            // The box keeps the focus; the press must not take it away before the click.
            onMouseDown={(event) => event.preventDefault()}
            onMouseMove={() => setActive(at)}
            // Keys are handled by the box, as a combobox wants it.
            onClick={() => go(option)}
            className={cx('flex min-h-11 cursor-pointer items-center gap-3 rounded-md px-3 text-base sm:text-sm', at === active && 'bg-sunken')}
          >
            <Row option={option} />
          </li>
        ))}
      </ul>
    </form>
  );
}

function Row({ option }: { option: SuggestOption }) {
  if (option.kind === 'product') {
    return (
      <>
        <Art media={option.image} decorative className="my-1 size-10 rounded-sm" />
        <span className="min-w-0 flex-1 truncate">{option.text}</span>
        <span className="tabular text-muted">{formatMoney(option.price)}</span>
      </>
    );
  }
  return (
    <>
      {option.kind === 'query' ? <SearchIcon className="mx-2.5 size-4.5 shrink-0 text-muted" /> : <ArrowRight className="mx-2.5 size-4.5 shrink-0 text-muted" />}
      <span className="min-w-0 flex-1 truncate">
        {option.kind === 'category' && <span className="text-muted">All in </span>}
        {option.text}
      </span>
    </>
  );
}
