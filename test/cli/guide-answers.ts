import type { RunLine } from '../../src/cli/line/commands.ts';
import type { GuideStage } from '../../src/cli/guide/stage.ts';
import { openTerminal } from '../../src/cli/terminal/terminal.ts';
import type { Prompter } from '../../src/cli/terminal/prompter.ts';
import type { Host } from '../../src/domain/host.ts';
import { NO_FLAGS } from './terminal-on.ts';

/** What is chosen, typed or ticked. */
export type Answer = string | readonly string[];

const noCommand = () => Promise.reject(new Error('no command is run'));

/** Answers from a list, and keeps each question with what it offers, each refusal, each note, the beginning and the end. */
export function answeringOn(host: Host, answers: readonly Answer[], call: RunLine = noCommand) {
  const left = [...answers];
  const asked: (readonly [message: string, ...offered: readonly string[]])[] = [];
  const refused: string[] = [];
  const notes: (readonly string[])[] = [];
  const began: string[] = [];
  const ended: string[] = [];
  const next = () => {
    const answer = left.shift();
    if (answer === undefined) throw new Error(`nothing answers ${JSON.stringify(asked.at(-1))}`);
    return answer;
  };
  const prompter: Prompter = {
    begin: (title) => void began.push(title),
    choose: async (message, choices) => {
      asked.push([message, ...choices.map(({ value, label }) => `${value}: ${label}`)]);
      const answer = next();
      const chosen = choices.find(({ value }) => value === answer);
      if (chosen === undefined) throw new Error(`${String(answer)} is not offered`);
      return chosen.value;
    },
    several: async (message, choices, ticked) => {
      asked.push([message, ...choices.map(({ value }) => value)]);
      const answer = next();
      return answer === 'as ticked' ? ticked : ticked.filter((value) => answer.includes(value));
    },
    ask: async (message, { example = '', check }) => {
      asked.push([message, example]);
      for (;;) {
        const answer = String(next());
        const wrong = check(answer);
        if (wrong === undefined) return answer;
        refused.push(wrong);
      }
    },
    askSecret: async (message) => {
      asked.push([message]);
      return String(next());
    },
    note: (title, lines) => void notes.push([title, ...lines]),
    problem: (lines) => void notes.push(['problem', ...lines]),
    end: (lines) => void ended.push(...lines),
  };
  const stage: GuideStage = { prompter, terminal: openTerminal(host, NO_FLAGS), call };
  return { stage, began, asked, refused, notes, ended, left };
}
