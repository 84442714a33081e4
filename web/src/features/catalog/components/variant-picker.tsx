import { useId } from 'react';
import type { Product, Variant } from '@/api/types';
import { cx } from '@/lib/cx';
import { Art } from '@/ui/art';
import { optionChoices, type Choice } from '../variants';

const COLOUR = /^colou?r$/i;

type Props = { product: Product; variant: Variant; onPick: (variant: Variant) => void };

/** One group of radio buttons per option. What does not exist is disabled, what is sold out says so. */
export function VariantPicker({ product, variant, onPick }: Props) {
  return (
    <div className="space-y-5">
      {optionChoices(product, variant).map(({ name, choices }) => (
        <Option key={name} name={name} choices={choices} onPick={onPick} />
      ))}
    </div>
  );
}

function Option({ name, choices, onPick }: { name: string; choices: Choice[]; onPick: Props['onPick'] }) {
  const group = useId();
  const chosen = choices.find(({ state }) => state === 'chosen');
  const pictures = COLOUR.test(name) && choices.every(({ variant, state }) => state === 'none' || variant?.media);
  return (
    <fieldset>
      <legend className="mb-2 text-sm">
        <span className="font-medium">{name}</span>
        <span className="text-muted">{chosen && ` ${chosen.value}`}</span>
      </legend>
      <div className="flex flex-wrap gap-2">
        {choices.map((choice) => (
          <label
            key={choice.value}
            className={cx(
              'relative inline-flex min-h-11 items-center gap-2 rounded-md border px-3.5 text-sm font-medium transition-colors has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus',
              choice.state === 'chosen' && 'border-brand bg-brand-soft ring-1 ring-brand',
              choice.state === 'free' && 'border-line bg-surface hover:border-line-strong',
              choice.state === 'out' && 'border-dashed border-line-strong text-muted hover:border-ink',
              choice.state === 'none' && 'cursor-not-allowed border-line bg-sunken text-muted line-through opacity-60',
              pictures && 'pl-1.5',
            )}
          >
            <input
              type="radio"
              name={group}
              className="absolute inset-0 size-full cursor-[inherit] opacity-0"
              checked={choice.state === 'chosen'}
              disabled={choice.state === 'none'}
              onChange={() => choice.variant && onPick(choice.variant)}
            />
            {pictures && <Art media={choice.variant?.media ?? null} decorative className="size-8 rounded-sm" />}
            {choice.value}
            {choice.state === 'out' && <span className="text-xs font-normal">sold out</span>}
            {choice.state === 'none' && <span className="sr-only">not made in this combination</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
