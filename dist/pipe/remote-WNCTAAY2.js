import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);
import{REMOTE_HELP,openRemote,withRemote}from"./chunk-CUXPX5ZX.js";import"./chunk-LKO5VBAL.js";import"./chunk-47IIAJJS.js";import"./chunk-5XIR6CNR.js";export{REMOTE_HELP,openRemote,withRemote};
//# sourceMappingURL=remote-WNCTAAY2.js.map
