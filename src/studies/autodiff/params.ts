import { z } from 'zod';

/** The middle of class 1; that of class 0 is its negative. */
export const MIDDLE_PARAM = z.tuple([z.number(), z.number()]);
