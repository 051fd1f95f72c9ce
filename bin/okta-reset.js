#!/usr/bin/env node
import { host } from '../dist/host.js';
import { main } from '../dist/main.js';

process.exitCode = await main(host.argv, host);
