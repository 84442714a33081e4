import type { Product, Variant } from '@/api/types';

export type Choice = {
  value: string;
  /** `none`: no such product exists with the options chosen before it. */
  state: 'chosen' | 'free' | 'out' | 'none';
  /** The variant this choice leads to. */
  variant: Variant | null;
};

export type OptionChoices = { name: string; choices: Choice[] };

const buyable = (variant: Variant) => variant.availability !== 'out';

/** The variant of the address, else the first that can be bought, else the first. */
export function chosenVariant(product: Product, wanted: string | undefined): Variant | undefined {
  return product.variants.find(({ id }) => id === wanted) ?? product.variants.find(buyable) ?? product.variants[0];
}

/**
 * What each option offers. An option is bound by the ones before it, so that the first can always be
 * changed; the ones after it then follow to the nearest variant that exists.
 */
export function optionChoices(product: Product, current: Variant): OptionChoices[] {
  return product.options.map(({ name, values }, position) => {
    const before = product.options.slice(0, position).map((option) => option.name);
    const after = product.options.slice(position + 1).map((option) => option.name);
    const agrees = (variant: Variant, names: string[]) => names.filter((key) => variant.options[key] === current.options[key]).length;
    const choices = values.map((value): Choice => {
      const fits = product.variants.filter((variant) => variant.options[name] === value && agrees(variant, before) === before.length);
      const closest = fits.toSorted((a, b) => agrees(b, after) - agrees(a, after) || Number(buyable(b)) - Number(buyable(a)))[0];
      if (current.options[name] === value) return { value, state: 'chosen', variant: current };
      if (!closest) return { value, state: 'none', variant: null };
      return { value, state: fits.some(buyable) ? 'free' : 'out', variant: closest };
    });
    return { name, choices };
  });
}
