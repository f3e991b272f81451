/** Which documents are relevant to each query: sets of document indices, all of one size. */
export type Relevance = readonly (readonly number[])[];

/** Every subset of `size` of the indices 0 .. n - 1, in lexicographic order. */
export function subsetsOf(n: number, size: number): Relevance {
  const subsets: number[][] = [];
  const grow = (chosen: readonly number[], from: number): void => {
    if (chosen.length === size) subsets.push([...chosen]);
    else for (let next = from; next < n; next++) grow([...chosen, next], next + 1);
  };
  grow([], 0);
  return subsets;
}

/**
 * The relevance of LIMIT-small (arXiv 2508.21038, section 5.2): the first 1,000 of the 1,035 pairs of
 * 46 documents, in the order of the authors' generator.
 */
export function limitSmall(documents = 46, queries = 1000): Relevance {
  return subsetsOf(documents, 2).slice(0, queries);
}

/** 1 where a document is relevant to a query. // [queries, n] */
export function relevanceMatrix(relevance: Relevance, n: number): Float32Array {
  const matrix = new Float32Array(relevance.length * n);
  relevance.forEach((documents, query) => {
    for (const document of documents) matrix[query * n + document] = 1;
  });
  return matrix;
}
