import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';
import { BACKEND_NAME } from '../../../src/engine/recording/register.ts';

setTestEnvs([{ name: BACKEND_NAME, backendName: BACKEND_NAME, isDataSync: true }]);
