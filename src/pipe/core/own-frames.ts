import { relative, sep } from 'node:path';

/** Frames that a failure is shown with. */
const FRAMES = 3;

/** Of the runner itself, where it runs a project that is its own repository. */
const RUNNER = /^src\/pipe\/(?:workers|session|cli)\//;

/**
 * Where a stack passes through a project's own files, the innermost first: `stages/count.ts:10:41`.
 *
 * @param stack with paths, not URLs
 */
export function ownFrames(stack: string | undefined, root: string): readonly string[] {
  const places: string[] = [];
  for (const line of stack?.split('\n') ?? []) {
    const [, frame] = /^\s+at (?:async )?(.*:\d+:\d+)\)?$/.exec(line) ?? [];
    const start = frame?.indexOf(root + sep) ?? -1;
    if (frame === undefined || start === -1) continue;
    // What comes before is the function: `run (`.
    if (start > 0 && !frame.slice(0, start).endsWith('(')) continue;
    const place = relative(root, frame.slice(start));
    const isOwn = !place.split(sep).includes('node_modules') && !RUNNER.test(place);
    if (isOwn && !places.includes(place)) places.push(place);
  }
  return places.slice(0, FRAMES);
}
