/** Describes schedules. */
import type { TargetSchedule } from '../../api.js';

/** Returns the times of a schedule, with the time zone unless it is UTC. */
export function timesOf({ expression, timeZone }: TargetSchedule): string {
  return timeZone === 'UTC' ? expression : `${expression} ${timeZone}`;
}

/**
 * Returns the address of the list of runs that schedules started for a schedule's target. Records name the version of a
 * run, so an alias is left out.
 */
export function runsOfSchedule({ target }: TargetSchedule): string | undefined {
  if (target === undefined) return undefined;
  const [name = '', reference = ''] = target.split('@');
  const wanted = /^\d+$/.test(reference) ? target : name;
  return `/?target=${encodeURIComponent(wanted)}&trigger=SCHEDULE`;
}

/** Returns what else there is to say about a schedule: terms and texts. */
export function detailsOfSchedule(schedule: TargetSchedule): (readonly [term: string, text: string])[] {
  const { args, kwargs, labels, flexibleMinutes } = schedule;
  const details: readonly (readonly [term: string, text: string | undefined])[] = [
    ['Arguments', args && JSON.stringify(args)],
    ['Keyword arguments', kwargs && JSON.stringify(kwargs)],
    ['Name of runs', schedule.runName],
    ['Labels', labels && labelsText(labels)],
    ['From', schedule.startAt],
    ['Until', schedule.endAt],
    ['Within', flexibleMinutes === undefined ? undefined : `${flexibleMinutes} minutes`],
    ['For', schedule.description],
  ];
  return details.flatMap(([term, text]) => (text === undefined ? [] : [[term, text] as const]));
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map((pair) => pair.join('='))
    .join(', ');
}
