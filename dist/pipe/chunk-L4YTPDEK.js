import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);
var DEFAULT_PROFILE="default";export{DEFAULT_PROFILE};
//# sourceMappingURL=chunk-L4YTPDEK.js.map
