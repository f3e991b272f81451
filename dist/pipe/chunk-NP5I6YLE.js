import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);
function nothingToDo(current){return{type:"run-finished",run:"",ok:!0,seconds:0,counts:{current,...{restored:0,ran:0,failed:0,skipped:0,cancelled:0}}}}export{nothingToDo};
//# sourceMappingURL=chunk-NP5I6YLE.js.map
