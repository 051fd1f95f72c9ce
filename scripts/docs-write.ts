import { writeFile } from 'node:fs/promises';
import { cliDocument } from './docs-cli.ts';
import { errorsDocument } from './docs-errors.ts';

await writeFile(new URL('../docs/cli.md', import.meta.url), cliDocument());
await writeFile(new URL('../docs/errors.md', import.meta.url), errorsDocument());
