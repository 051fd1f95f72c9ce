import {
  followupCommands,
  type CommandLines,
  type NextCommand,
} from '../../domain/run/next-commands.ts';
import { runName } from '../runs/run-name.ts';
import type { TakenFollowup } from './followup.ts';

/** Returns the commands that help the users who are stuck, and that continue what the runs have left. */
export function nextOfFollowup(
  { followup, chain }: Pick<TakenFollowup, 'followup' | 'chain'>,
  dir: string,
  lines: CommandLines,
  cwd: string,
): readonly NextCommand[] {
  const runs = chain.map((run) => ({ name: runName(run.dir, cwd), standing: run.standing }));
  return followupCommands(runName(dir, cwd), { counts: followup.counts, runs }, lines);
}
