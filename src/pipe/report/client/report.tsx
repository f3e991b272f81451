import './report.css';
import './graph.css';
import { type ComponentType, render } from 'preact';
import { CurvesView } from './views/curves.tsx';
import { DifferenceView } from './views/difference.tsx';
import { InstancesView } from './views/instances.tsx';
import { SearchFigures } from './views/search-figures.tsx';
import { TablesView } from './views/tables.tsx';

/** What the generic pages name as `data-view`. */
const VIEWS: Readonly<Record<string, ComponentType>> = {
  curves: CurvesView,
  difference: DifferenceView,
  instances: InstancesView,
  'search-figures': SearchFigures,
  tables: TablesView,
};

for (const place of document.querySelectorAll<HTMLElement>('[data-view]')) {
  const View = VIEWS[place.dataset.view ?? ''];
  if (View !== undefined) render(<View />, place);
}
