/** What a page does during a run. */
import { expect } from '@jest/globals';
import type { LiveRun, Planning } from '../../src/console/api/live.ts';
import type { RunDetail } from '../../src/console/api/run-answers.ts';
import type { Answered, Page } from './rig.ts';

export const isOver = ({ phase }: LiveRun) => phase === 'ended' || phase === 'refused';

/** A page that goes through the steps of a run. */
export class Client {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Connects, and fails if doctor finds something bad. */
  async connect(request: object): Promise<string> {
    await this.page.post('/api/connect', request);
    const { connection } = await this.page.until(
      'connection',
      (e) => e.connection.state !== 'checking',
    );
    const bad = connection.findings.filter(({ level }) => level === 'bad');
    expect([connection.state, connection.error, bad]).toEqual(['connected', undefined, []]);
    return connection.sample ?? '';
  }

  /** Plans a draft; returns the run. */
  async plan(flags: Readonly<Record<string, readonly string[]>>): Promise<string> {
    const { json } = await this.page.post('/api/drafts', { flags });
    return this.planned(await this.page.post(`/api/drafts/${String(json.id)}/plan`));
  }

  /** Waits for a planning that has begun; returns its run. */
  async planned(begun: Answered): Promise<string> {
    const planning = await this.planning(begun);
    expect([planning.state, planning.error]).toEqual(['planned', undefined]);
    return planning.run ?? '';
  }

  async planning(begun: Answered): Promise<Planning> {
    expect([begun.status, begun.json]).toEqual([202, begun.json]);
    const id = String(begun.json.planning);
    const isIt = (it: Planning) => it.id === id && it.state !== 'planning';
    return (await this.page.until('planning', ({ planning }) => isIt(planning))).planning;
  }

  async detail(run: string): Promise<RunDetail> {
    return (await this.page.get(`/api/runs/${run}`)).json as RunDetail;
  }

  /** Executes a run, or continues it, with the yes that it asks for. */
  async execute(run: string, flags: Readonly<Record<string, readonly string[]>> = {}) {
    const { shown } = await this.detail(run);
    const { confirm } = (await this.page.get(`/api/runs/${run}/consent`)).json as {
      confirm: string;
    };
    const begun = await this.page.post(`/api/runs/${run}/execute`, { shown, confirm, flags });
    expect([begun.status, begun.json]).toEqual([202, {}]);
  }

  async until(run: string, wanted: (run: LiveRun) => boolean): Promise<LiveRun> {
    return (await this.page.until('run', (e) => e.run.run === run && wanted(e.run))).run;
  }

  async ended(run: string): Promise<LiveRun> {
    return this.until(run, isOver);
  }
}
