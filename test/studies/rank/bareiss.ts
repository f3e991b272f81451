/**
 * Rank over the rationals by fraction-free elimination (Bareiss 1968) in big integers: slow, and
 * sharing nothing with the code under test.
 */
export function bareissRank(matrix: readonly (readonly number[])[]): number {
  const rows = matrix.map((row) => row.map(BigInt));
  let rank = 0;
  let previous = 1n;
  for (let column = 0; column < (rows[0]?.length ?? 0) && rank < rows.length; column++) {
    const found = rows.findIndex((row, i) => i >= rank && row[column] !== 0n);
    if (found === -1) continue;
    [rows[rank], rows[found]] = [rows[found], rows[rank]];
    const pivot = rows[rank];
    for (let i = rank + 1; i < rows.length; i++) {
      const factor = rows[i][column];
      rows[i] = rows[i].map((value, j) => (value * pivot[column] - factor * pivot[j]) / previous);
    }
    previous = pivot[column];
    rank++;
  }
  return rank;
}
