import type { Json } from '../../core/json.ts';
import type { ReportInput } from '../input.ts';
import type { GenericPage } from '../site.ts';
import { curvesByStage } from './instances.ts';

/** Learning curves of all instances of a stage in one chart. */
export function curvesPage(input: ReportInput): GenericPage | undefined {
  const stages = curvesByStage(input);
  const names = Object.keys(stages);
  if (names.length === 0) return undefined;
  const list = names.map((name) => ({
    name: name.replace('curves/', ''),
    instances: Object.keys(stages[name]).length,
  }));
  return {
    slug: 'curves',
    title: 'Curves',
    html: '<div data-view="curves"></div>',
    data: { ...(stages as unknown as Record<string, Json>), stages: list },
  };
}
