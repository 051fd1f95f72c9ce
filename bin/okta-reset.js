#!/usr/bin/env node
import { endProcess, host } from '../dist/host.js';
import { main } from '../dist/main.js';

endProcess(await main(host.argv, host));
