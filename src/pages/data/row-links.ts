import type { ReportContext } from '../../pipe/pipeline/contract.ts';
import { html, type Markup } from './markup.ts';

/** Where the rows of a table are in the report. */
export interface RowLinks {
  /** A link to the whole table. */
  readonly table: Markup;
  /** A link to the page of the instance that made a row: the one whose coordinates are those that the row has. */
  instance(row: object): Markup | string;
}

export function rowLinks({ instances }: ReportContext, stage: string, output: string): RowLinks {
  const name = `${stage}/${output}`;
  const own = instances.filter((instance) => instance.stage === stage);
  const names = [...new Set(own.flatMap(({ axes }) => Object.keys(axes)))];
  return {
    table: html`<a href="tables.html#${encodeURIComponent(name)}"><code>${name}</code></a>`,
    instance(row) {
      const coordinates = row as Readonly<Record<string, unknown>>;
      const maker = own.find(({ axes }) =>
        names.every((name) => !(name in coordinates) || coordinates[name] === axes[name]),
      );
      if (maker === undefined) return '';
      return html`<a href="instances.html#${encodeURIComponent(maker.id)}">${maker.id}</a>`;
    },
  };
}
