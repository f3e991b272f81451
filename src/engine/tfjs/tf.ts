/**
 * The one place that imports TensorFlow.js. It needs the whole package: tfjs-core's CommonJS entry
 * registers no gradients; tfjs-layers, which is part of the package, does. Everything else imports `tf`
 * from here or from `engine/index.ts`, so that gradients are always registered.
 */
// biome-ignore-start assist/source/organizeImports: the guard has to be there before tfjs is loaded.
import { refuseOtherCopies } from './copies.ts';
import * as tf from '@tensorflow/tfjs';
// biome-ignore-end assist/source/organizeImports: -

export { tf };

refuseOtherCopies();

// Otherwise tfjs advertises its native backend when the cpu one is first used.
tf.env().set('PROD', true);
