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
