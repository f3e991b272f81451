import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { accessibilityFaults, COLOUR_RULES, isTooWide } from './open.ts';

/** Pixels. The desktop comes last: that is how a page is left. */
const WIDTHS = { phone: 390, desktop: 1280 };

/**
 * Expects a page to be readable in all four looks, dark and light, on a phone and a desktop: no wider than its window,
 * and without a serious accessibility fault. It is light and on a desktop afterwards.
 */
export async function expectReadable(page: Page): Promise<void> {
  for (const [device, width] of Object.entries(WIDTHS)) {
    await page.setViewportSize({ width, height: 800 });
    await expect.poll(() => isTooWide(page), { message: `wider than a ${device}` }).toBe(false);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      // What does not depend on colours is the same in both.
      const rules = colorScheme === 'dark' ? undefined : COLOUR_RULES;
      await expect
        .poll(() => accessibilityFaults(page, rules), { message: `${device}, ${colorScheme}` })
        .toEqual([]);
    }
  }
}
