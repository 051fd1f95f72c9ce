import { gzipSync } from 'node:zlib';
import { AppError } from '../../src/domain/codes/app-error.ts';
import { readResults } from '../../src/selection/rows/read-results.ts';
import { selectRows } from '../../src/selection/select-rows.ts';
import { RECOGNISE_ALL, type FileOptions, type FilePorts } from '../../src/selection/selection.ts';
import { chanceOf, damaged, rubble, type Chance } from './chance.ts';
import { whereOf } from '../selection/sample.ts';
import { STEERS_TERMINAL } from './ground.ts';

const NEVER = new AbortController().signal;
const ID = /^00u[A-Za-z0-9]{17}$/;

function optionsOf(chance: Chance): FileOptions {
  return {
    ...RECOGNISE_ALL,
    column: chance.yes(20)
      ? chance.pick(['1', '2', 'login', 'id', 'x', 'profile.login'])
      : undefined,
    delimiter: chance.yes(10) ? chance.pick([',', ';', '\t', '|', '"', '\n', 'é']) : undefined,
    encoding: chance.yes(10) ? chance.pick(['utf-8', 'utf-16le', 'windows-1252']) : undefined,
    where: chance.yes(10)
      ? [whereOf(chance.pick(['login=x', 'login!=x', 'id~0', 'login in x,y', 'status=']))]
      : [],
    keep: chance.yes(10) ? ['Password'] : [],
  };
}

function portsOf(bytes: Buffer, chunk: number, said: string[]): FilePorts {
  return {
    openFile: async function* () {
      for (let at = 0; at < bytes.length; at += chunk) {
        await Promise.resolve();
        yield bytes.subarray(at, at + chunk);
      }
    },
    stdin: undefined,
    onNotice: (notice) => said.push(notice.text, notice.hint ?? ''),
  };
}

/**
 * Reads one made-up or damaged file. Returns what is wrong with the reading: an error that is not okta-reset's, a message
 * that controls a terminal, an id of another shape; undefined if nothing is.
 */
export async function fuzzFile(
  seed: number,
  samples: readonly Buffer[],
): Promise<string | undefined> {
  const chance = chanceOf(seed);
  let bytes = chance.yes(25) ? rubble(chance) : damaged(chance.pick(samples), chance);
  if (chance.yes(10)) bytes = gzipSync(bytes);
  if (chance.yes(3)) bytes = damaged(bytes, chance);
  const said: string[] = [];
  const ports = portsOf(bytes, 1 + chance.number(chance.yes(10) ? 40 : 5000), said);
  const options = optionsOf(chance);
  try {
    if (chance.yes(15)) {
      for await (const { row } of readResults('f', ports, NEVER)) said.push(row.identifier.kind);
    } else {
      const rows = selectRows(
        { sources: [{ kind: 'file', path: 'f', options }] },
        { ...ports, reader: undefined, failureError: () => new Error('no org') },
        NEVER,
      );
      for await (const { identifier } of rows) {
        if (identifier.kind === 'id' && !ID.test(identifier.value))
          return `an id: ${identifier.value}`;
        if (identifier.kind === 'invalid') said.push(identifier.problem, identifier.value);
      }
    }
  } catch (error) {
    if (!(error instanceof AppError)) return `seed ${seed}: ${String(error)}`;
    if (error.exitCode !== 3 || error.hint === '')
      return `seed ${seed}: ${error.code} without a way out`;
    said.push(error.message, error.hint);
  }
  const raw = said.find((text) => STEERS_TERMINAL.test(text));
  return raw === undefined ? undefined : `seed ${seed}: ${JSON.stringify(raw)}`;
}
