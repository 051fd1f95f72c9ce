import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import type { StopReason } from '../../src/domain/run/stop.ts';
import { Halt, stopOf } from '../../src/engine/run/halt.ts';

function rig() {
  const stops: StopReason[] = [];
  const halt = new Halt((stop) => stops.push(stop));
  return { halt, stops, state: () => [halt.isStopped(), halt.isLeft(), halt.stop?.kind] };
}

test.each<[unknown, StopReason]>([
  ['SIGTERM', { kind: 'signal', signal: 'SIGTERM' }],
  ['SIGHUP', { kind: 'signal', signal: 'SIGHUP' }],
  ['SIGPIPE', { kind: 'signal', signal: 'SIGPIPE' }],
  [{ signal: 'SIGTERM' }, { kind: 'signal', signal: 'SIGTERM' }],
  ['console', { kind: 'console' }],
  [{ signal: 'console' }, { kind: 'console' }],
  ['SIGINT', { kind: 'signal', signal: 'SIGINT' }],
  ['SIGKILL', { kind: 'signal', signal: 'SIGINT' }],
  [undefined, { kind: 'signal', signal: 'SIGINT' }],
  [null, { kind: 'signal', signal: 'SIGINT' }],
  [new Error('stop'), { kind: 'signal', signal: 'SIGINT' }],
])('an abort by %p is a stop by %j', (reason, stop) => {
  expect(stopOf(reason)).toEqual(stop);
});

describe('a run', () => {
  test('that stops is not left, and reports a reason once', () => {
    const { halt, stops, state } = rig();
    expect(state()).toEqual([false, false, undefined]);
    halt.request({ kind: 'console' });
    halt.request({ kind: 'console' });
    expect(state()).toEqual([true, false, 'console']);
    expect(stops).toEqual([{ kind: 'console' }]);
  });

  test('that is left has stopped too, for no reason that is reported', () => {
    const { halt, stops, state } = rig();
    halt.leave();
    expect(state()).toEqual([true, true, undefined]);
    expect(stops).toEqual([]);
  });

  test('that meets a bug stops, and throws the first one at the end', () => {
    const { halt, stops, state } = rig();
    expect(() => halt.throwBug()).not.toThrow();
    halt.crash(new Error('first'));
    halt.crash(new Error('second'));
    expect(state()).toEqual([true, false, undefined]);
    expect(() => halt.throwBug()).toThrow('first');
    expect(stops).toEqual([]);
  });

  test('follows its signals: the first stops it, the second leaves it, until it listens no more', () => {
    const { halt, stops, state } = rig();
    const [drain, leave] = [new AbortController(), new AbortController()];
    const unfollow = halt.follow(drain.signal, leave.signal);
    drain.abort('SIGTERM');
    expect(state()).toEqual([true, false, 'signal']);
    leave.abort('SIGINT');
    expect(state()).toEqual([true, true, 'signal']);
    expect(stops[0]).toEqual({ kind: 'signal', signal: 'SIGTERM' });
    unfollow();

    const later = rig();
    const [unused, other] = [new AbortController(), new AbortController()];
    later.halt.follow(unused.signal, other.signal)();
    for (const { signal } of [unused, other])
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    unused.abort('SIGTERM');
    other.abort('SIGTERM');
    expect(later.state()).toEqual([false, false, undefined]);
  });

  test('that begins after its signals follows them too', () => {
    const stopped = rig();
    stopped.halt.follow(AbortSignal.abort('console'), new AbortController().signal);
    expect(stopped.state()).toEqual([true, false, 'console']);
    const left = rig();
    left.halt.follow(new AbortController().signal, AbortSignal.abort('SIGHUP'));
    expect(left.state()).toEqual([true, true, 'signal']);
    expect(left.stops).toEqual([{ kind: 'signal', signal: 'SIGHUP' }]);
  });
});
