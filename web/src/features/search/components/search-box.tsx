import { useNavigate } from '@tanstack/react-router';
import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { cx } from '@/lib/cx';
import { CloseIcon, SearchIcon } from '@/ui/icons';
import type { SuggestHandle, SuggestPanel } from './suggest-panel';

type Props = { initial?: string; large?: boolean };

/**
 * The shop's search: a form with an ARIA combobox. Enter without a chosen row searches for the text;
 * a row leads to a search, a category or a product. The rows' code comes when the box gets the focus;
 * without it the form works.
 */
export function SearchBox({ initial = '', large = false }: Props) {
  const navigate = useNavigate();
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  const panel = useRef<SuggestHandle>(null);
  const [Panel, setPanel] = useState<typeof SuggestPanel | null>(null);
  const [text, setText] = useState(initial);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [count, setCount] = useState(0);
  const shown = open && count > 0;

  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const leave = (rest: string) => {
    setText(rest);
    close();
    input.current?.blur();
  };
  const search = (q: string) => {
    leave(q);
    void navigate({ to: '/search', search: { q } });
  };
  const onFocus = () => {
    setOpen(true);
    if (!Panel) {
      import('./suggest-panel').then(
        (module) => setPanel(() => module.SuggestPanel),
        () => undefined,
      );
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setOpen(true);
      if (shown) setActive((at) => (at + step + 1 + count + 1) % (count + 1) - 1);
    } else if (event.key === 'Escape') {
      if (shown) close();
      else setText('');
    } else if (event.key === 'Enter' && shown && active >= 0) {
      event.preventDefault();
      panel.current?.choose(active);
    }
  };

  return (
    <form
      role="search"
      aria-label={large ? 'Front page' : undefined}
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
        aria-controls={shown ? list : undefined}
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
        onFocus={onFocus}
        onClick={() => setOpen(true)}
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
      {open && Panel && <Panel ref={panel} id={list} {...{ text, active }} onActive={setActive} onCount={setCount} onSearch={search} onLeave={() => leave('')} />}
    </form>
  );
}
