// Which change is on, and which were executed since it was last asked.
import { SWITCH } from './mutants.mjs';

const MOST_OF_A_FILE = 2_000;
const files = new Map();

function stateOf(file) {
  const known = files.get(file);
  if (known !== undefined) return known;
  const state = { on: -1, met: new Uint8Array(MOST_OF_A_FILE) };
  files.set(file, state);
  return state;
}

globalThis[Symbol.for(SWITCH)] = (file) => {
  const state = stateOf(file);
  return (index) => {
    state.met[index] = 1;
    return index === state.on;
  };
};

/** Turns one change on, and all others off. */
export function turnOn(mutant) {
  for (const state of files.values()) state.on = -1;
  if (mutant !== undefined) stateOf(mutant.file).on = mutant.index;
}

/** The changes executed since the last call, by file. */
export function takeMet() {
  const met = {};
  for (const [file, state] of files) {
    if (!state.met.includes(1)) continue;
    met[file] = [...state.met.keys()].filter((index) => state.met[index] === 1);
    state.met.fill(0);
  }
  return met;
}
