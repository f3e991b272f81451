import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);
import"./chunk-5XIR6CNR.js";function defineStage(stage){return stage}export{defineStage};
//# sourceMappingURL=index.js.map
