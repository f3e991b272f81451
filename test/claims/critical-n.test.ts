import { expect, test } from 'vitest';
import { PUBLISHED_CRITICAL_N, publishedFit } from '../../src/claims/critical-n.ts';

test('the published fit is within 5 of the published values up to d = 20', () => {
  for (const [d, n] of PUBLISHED_CRITICAL_N)
    expect(Math.abs(publishedFit(d) - n), `d = ${d}`).toBeLessThan(5);
});
