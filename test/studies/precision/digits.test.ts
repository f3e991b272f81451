import { expect, test } from 'vitest';
import { CLASSES, drawDigits, PIXELS } from '../../../src/studies/precision/digits.ts';

test('digits are 8 x 8 pixels of 16 levels of ink, of all classes, unlike one another', () => {
  const { pixels, labels } = drawDigits(200, 1, 'train');
  expect(pixels).toHaveLength(200 * PIXELS);
  expect([...pixels].filter((ink) => ink < 0 || ink > 1 || !Number.isInteger(16 * ink))).toEqual(
    [],
  );
  expect(new Set(labels).size).toBe(CLASSES);
  const digits = labels.map((_, i) => i);
  const pictures = [...digits].map((i) => pixels.subarray(i * PIXELS, (i + 1) * PIXELS).join());
  expect(new Set(pictures).size).toBe(200);
});

test('digits are the same for the same seed, and others in a test', () => {
  expect(drawDigits(20, 1, 'train')).toEqual(drawDigits(20, 1, 'train'));
  expect(drawDigits(20, 2, 'train').pixels).not.toEqual(drawDigits(20, 1, 'train').pixels);
  expect(drawDigits(20, 1, 'test').pixels).not.toEqual(drawDigits(20, 1, 'train').pixels);
});

test('a digit is nearer to the mean of its own class than to others, mostly', () => {
  const { pixels, labels, count } = drawDigits(1000, 3, 'train');
  const picture = (i: number) => pixels.subarray(i * PIXELS, (i + 1) * PIXELS);
  const means = Array.from({ length: CLASSES }, (_, digit) => {
    const own = [...labels.keys()].filter((i) => labels[i] === digit);
    return Array.from(
      { length: PIXELS },
      (_, at) => own.reduce((sum, i) => sum + picture(i)[at], 0) / own.length,
    );
  });
  const nearest = (i: number) => {
    const away = means.map((mean) =>
      mean.reduce((sum, ink, at) => sum + (ink - picture(i)[at]) ** 2, 0),
    );
    return away.indexOf(Math.min(...away));
  };
  const right = [...labels.keys()].filter((i) => nearest(i) === labels[i]).length;
  expect(right / count).toBeGreaterThan(0.8);
  expect(right / count).toBeLessThan(1);
});
