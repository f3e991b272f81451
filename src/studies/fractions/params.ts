import { z } from 'zod';

/** The deepest expressions to train on: from 2 on there are held-out ones. Questions go one level deeper. */
export const DEEPEST_PARAM = z.int().min(2).max(5);
