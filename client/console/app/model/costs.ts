/** Describes the costs of runs and of the seedkit. */
import { type BuildPrice, formatUsd, PRICE_REGION, PRICES_READ_IN } from '../../../build-price.js';
import type { BuildCostsView, StandingCost, StandingCostsView } from '../../api.js';

/** An amount, and how it was computed. */
export interface ShownCost {
  readonly amount: string;
  readonly basis: string;
}

/** Describes what a build costs; without an amount if there is no estimate. */
export function describeBuildPrice(price: BuildPrice): Partial<ShownCost> & Pick<ShownCost, 'basis'> {
  if ('reason' in price) return { basis: price.reason };
  const { usd, minutes, usdPerMinute, region } = price;
  const elsewhere = region === PRICE_REGION ? '' : `; the build was in ${region}`;
  return {
    amount: `about ${formatUsd(usd)}`,
    basis: `${minutes} started ${minutes === 1 ? 'minute' : 'minutes'} at ${formatUsd(usdPerMinute)}, the price of ${PRICE_REGION}${elsewhere}`,
  };
}

/** Returns where the prices come from, for a seedkit in a region. */
export function sourceOfPrices(region: string | undefined): string {
  const prices = `Estimates at prices of ${PRICE_REGION}, read in ${PRICES_READ_IN}, without free tier and discounts.`;
  return region === undefined || region === PRICE_REGION
    ? prices
    : `${prices} The seedkit is in ${region}, where prices may differ.`;
}

/** Describes what resources of one type cost each month. */
export function describeStandingCost({
  count,
  units,
  unit,
  usdEach,
  usd,
  note,
  problem,
}: StandingCost): ShownCost {
  if (units === undefined || usd === undefined)
    return {
      amount: 'not known',
      basis: `${formatUsd(usdEach)} for each ${unit}. The number for ${count} ${count === 1 ? 'resource' : 'resources'} cannot be read. ${problem ?? ''}`,
    };
  return {
    amount: formatUsd(usd),
    basis: [`${units} × ${formatUsd(usdEach)} for each ${unit}`, note].filter(Boolean).join('. '),
  };
}

/** Returns the sum of what is known, and says so if something is not. */
export function standingTotal({ costs, unknown }: StandingCostsView): string {
  const known = costs.flatMap(({ usd }) => usd ?? []);
  const sum = formatUsd(known.reduce((total, usd) => total + usd, 0));
  return known.length < costs.length || unknown.length > 0 ? `at least ${sum}` : sum;
}

/** Returns the sum of the days; undefined if no build has a price. */
export function buildTotal({ days }: BuildCostsView): string | undefined {
  if (days.every(({ priced }) => priced === 0)) return undefined;
  return `about ${formatUsd(days.reduce((total, { usd }) => total + usd, 0))}`;
}
