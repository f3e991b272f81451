import type { RunEvent } from '../events/events.ts';
import { LOCK_FILE } from '../lock-file/accepted.ts';
import { describeDifferences } from '../lock-file/compare.ts';
import { Failures } from './failures.ts';
import { plainReporter } from './plain.ts';

/**
 * Renders events as lines, and failures, warnings and differences also as annotations.
 * docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function githubReporter(
  write: (line: string) => void,
  options: Parameters<typeof plainReporter>[1] = {},
): (event: RunEvent) => void {
  const plain = plainReporter(write, options);
  const failures = new Failures();
  const annotate = (kind: 'error' | 'warning', title: string, message: string) =>
    write(`::${kind} title=${escapeProperty(title)}::${escapeData(message)}`);
  return (event) => {
    plain(event);
    failures.note(event);
    switch (event.type) {
      case 'failed': {
        if (event.retry) return;
        const [first, ...details] = failures.tell(event, false);
        if (first === undefined) return;
        const message = [event.failure.message, ...details].join('\n');
        return annotate('error', `${event.instance} failed`, message);
      }
      case 'warning':
        return annotate('warning', event.instance ?? 'pipe', event.message);
      case 'compared':
        for (const line of describeDifferences(event.differences)) {
          annotate('error', `differs from ${LOCK_FILE}`, line);
        }
    }
  };
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
