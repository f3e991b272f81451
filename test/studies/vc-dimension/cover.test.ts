import { expect, test } from 'vitest';
import { separableLabelings } from '../../../src/studies/vc-dimension/cover.ts';

test("Cover's formula agrees with counts known from elsewhere", () => {
  // Lines through the origin cut n directions into 2n arcs; up to d points every labeling is there.
  for (let n = 1; n < 12; n++) {
    expect(separableLabelings(n, 1)).toBe(2);
    expect(separableLabelings(n, 2)).toBe(n === 1 ? 2 : 2 * n);
    expect(separableLabelings(n, n)).toBe(2 ** n);
    expect(separableLabelings(n, 40)).toBe(2 ** n);
    // Half of them with twice as many points as dimensions.
    expect(separableLabelings(2 * n, n)).toBe(2 ** (2 * n - 1));
  }
});

test('the counts satisfy the recurrence: a new point splits the labelings whose hyperplane can pass through it', () => {
  for (let n = 1; n < 15; n++) {
    for (let d = 2; d < 8; d++) {
      expect(separableLabelings(n + 1, d)).toBe(
        separableLabelings(n, d) + separableLabelings(n, d - 1),
      );
    }
  }
});
