import { type RowTypes, readRows } from '../../tables/records.ts';

/** Records of files, with infinities and NaN as numbers: `readRows` gives texts for them, as JSON has none. */
export function readNumbers<R extends object>(
  paths: readonly string[],
  types: RowTypes<R>,
): readonly R[] {
  const isNumber = (name: string) => types[name as keyof R] !== 'utf8';
  return paths.flatMap((path) =>
    readRows(path, types).map(
      (row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [
            name,
            isNumber(name) ? Number(value) : value,
          ]),
        ) as R,
    ),
  );
}
