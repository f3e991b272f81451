import type { ReportInput } from './input.ts';
import { curvesPage } from './pages/curves.ts';
import { differencePage } from './pages/difference.ts';
import { figuresPage } from './pages/figures.ts';
import { graphPage } from './pages/graph.ts';
import { instancesPage } from './pages/instances.ts';
import { overviewPage } from './pages/overview.ts';
import { tablesPage } from './pages/tables.ts';
import type { GenericPage } from './site.ts';

/** The pages that every report has, where there is something to show. */
export function pagesOf(
  input: ReportInput,
  readText: (path: string) => string,
): readonly GenericPage[] {
  const pages = [
    overviewPage(input),
    figuresPage(input),
    tablesPage(input),
    instancesPage(input, readText),
    curvesPage(input),
    graphPage(input),
    differencePage(input),
  ];
  return pages.filter((page) => page !== undefined);
}
