import { DEFAULT_PROFILE } from './spec.ts';

/** Arguments with which another command means the same instances, for messages. */
export function argumentsOf(targets: readonly string[], profile: string): string {
  const quoted = targets.map((target) => (target.includes('[') ? `'${target}'` : target));
  const option = profile === DEFAULT_PROFILE ? [] : [`--profile ${profile}`];
  return [...quoted, ...option].map((word) => ` ${word}`).join('');
}
