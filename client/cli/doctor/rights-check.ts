import type { Check } from '../output-types.js';
import type { Subject } from './check.js';
import type { Simulation } from './simulate-rights.js';

/** Texts about rights. */
interface RightsTexts {
  /** How to find out whether the caller has them. */
  readonly trial: string;
  /** What to do if the caller lacks them. */
  readonly remedy: string;
  /** What the simulation does not evaluate and what may matter, as a sentence. */
  readonly notSeen: string;
}

/**
 * Returns the check of rights that were simulated. Denied rights are a warning, because the policy of a resource, which
 * a simulation does not see, may allow them.
 */
export function rightsCheck(rights: Subject, simulation: Simulation, texts: RightsTexts): Check {
  const { trial, remedy, notSeen } = texts;
  if (simulation.outcome === 'unknown') {
    return rights.unknown(
      `a right to write shows only when it is used, and ${simulation.reason}`,
      `${trial}. For a check without a trial, use a role or user with iam:SimulatePrincipalPolicy on itself.`,
    );
  }
  const { outcome, principal, denied, conditions } = simulation;
  const keys = conditions.join(', ');
  if (outcome === 'allowed') {
    const unless = keys === '' ? '' : `, whatever their conditions on ${keys} are`;
    return rights.ok(`by IAM's simulation, the policies of ${principal} allow them${unless}. ${notSeen}`);
  }
  const lacks = `by IAM's simulation, the policies of ${principal} do not allow ${denied.join(', ')}`;
  if (outcome === 'denied') return rights.warning(`${lacks}. ${notSeen}`, remedy);
  return rights.unknown(`${lacks} without values for ${keys}`, trial);
}
