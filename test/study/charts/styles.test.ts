import { expect, test } from 'vitest';
import { modelStyles } from '../../../src/study/charts/styles.ts';

test('models keep their order of brightness in greyscale', () => {
  const brightness = (hex: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const styles = modelStyles([4, 8, 12, 16, 20, 27, 512]);
  const light = [512, 27, 20, 16, 12, 8, 4].map((dim) => brightness(styles.get(dim)?.light ?? ''));
  expect(light).toEqual([...light].sort((a, b) => a - b));
});
