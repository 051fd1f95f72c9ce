import { describe, expect, test } from '@jest/globals';
import { Forecast } from '../../src/domain/run/figures/forecast.ts';

/** A run of bursts: `burst` rows in 20 s, then a wait to the end of the minute. */
function afterBursts(bursts: number, burst: number, total: number): Forecast {
  const forecast = new Forecast(0, 600, 60_000);
  for (let n = 1; n <= bursts; n += 1) {
    const nowMs = n * 60_000 - 40_000;
    forecast.pause({ nowMs, here: n * burst, left: total - n * burst }, n * 60_000);
  }
  return forecast;
}

describe('the time that a run still takes', () => {
  test('is not estimated from a first burst that the limit will end', () => {
    const forecast = new Forecast(0, 600, 60_000);
    expect(forecast.leftMs({ nowMs: 20_000, here: 500, left: 9500 })).toBeUndefined();
    expect(forecast.leftMs({ nowMs: 20_000, here: 300, left: 150 })).toBe(10_000);
    expect(new Forecast(0, undefined, 60_000).leftMs({ nowMs: 1000, here: 100, left: 900 })).toBe(
      9000,
    );
  });

  test('counts the waits between bursts, and counts down while one lasts', () => {
    // 5,400 rows of 540 a minute: nine more bursts, of which the last needs 20 s.
    const forecast = afterBursts(1, 540, 5400);
    const at = (nowMs: number) => forecast.leftMs({ nowMs, here: 540, left: 4860 });
    expect(at(20_000)).toBe(40_000 + 9 * 60_000 - 40_000);
    expect(at(50_000)).toBe(10_000 + 9 * 60_000 - 40_000);
  });

  test('never says that no time is left while rows are left', () => {
    const forecast = afterBursts(2, 540, 1100);
    expect(forecast.leftMs({ nowMs: 100_000, here: 1080, left: 20 })).toBe(20_000);
    expect(forecast.leftMs({ nowMs: 120_001, here: 1080, left: 20 })).toBeUndefined();
  });

  test('is the mean again once nothing has waited for a minute', () => {
    const forecast = afterBursts(1, 540, 6000);
    expect(forecast.leftMs({ nowMs: 120_000, here: 3000, left: 3000 })).toBe(120_000);
  });
});

describe('an estimate', () => {
  /** The time left, of a run that began at `startMs`, after a wait of all calls. */
  const after = (
    startMs: number,
    pause: readonly [nowMs: number, here: number, untilMs: number] | undefined,
    at: readonly [nowMs: number, here: number, left: number],
    limit?: number,
  ) => {
    const forecast = new Forecast(startMs, limit, 60_000);
    if (pause !== undefined) {
      const [nowMs, here, untilMs] = pause;
      forecast.pause({ nowMs: startMs + nowMs, here, left: 100 }, startMs + untilMs);
    }
    const [nowMs, here, left] = at;
    return forecast.leftMs({ nowMs: startMs + nowMs, here, left });
  };

  test.each([0, 7000])('does not depend on when the clock began: %d', (startMs) => {
    expect(after(startMs, undefined, [1000, 20, 100])).toBe(5000);
    expect(after(startMs, [1000, 20, 5000], [1000, 20, 100])).toBe(25_000);
  });

  test('needs twenty rows, and rows that are left', () => {
    expect(after(0, undefined, [1000, 19, 100])).toBeUndefined();
    expect([after(0, undefined, [1000, 20, 1]), after(0, undefined, [1000, 20, 0])]).toEqual([
      ...[50, undefined],
    ]);
  });

  test('passes over a wait that comes too early, or has ended already', () => {
    expect(after(0, [1000, 19, 5000], [1000, 20, 100])).toBe(5000);
    for (const untilMs of [4000, 5000])
      expect(after(0, [5000, 20, untilMs], [10_000, 20, 100])).toBe(50_000);
    expect(after(0, [5000, 20, 5001], [10_000, 20, 100])).toBe(20_005);
  });

  test('is there for a run within its limit, and from the end of a window on for any run', () => {
    expect(after(0, undefined, [1000, 20, 80], 100)).toBe(4000);
    expect(after(0, undefined, [1000, 20, 81], 100)).toBeUndefined();
    expect(after(0, undefined, [59_999, 20, 81], 100)).toBeUndefined();
    expect(after(0, undefined, [60_000, 20, 100], 100)).toBe(300_000);
  });

  test('is gone at the moment for which the end was foreseen', () => {
    expect(after(0, [1000, 20, 5000], [25_999, 20, 100])).toBe(1);
    expect(after(0, [1000, 20, 5000], [26_000, 20, 100])).toBeUndefined();
  });
});
