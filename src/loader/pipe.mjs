#!/usr/bin/env node
console.log('pipe', process.argv.slice(2), process.version);
