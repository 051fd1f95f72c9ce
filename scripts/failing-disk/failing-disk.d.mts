export interface OutsideFault {
  readonly file: string;
  readonly call: string;
  readonly code: string;
  readonly from: number;
}
export const FAULTS: readonly OutsideFault[];
export function buildShim(): string | undefined;
export function failing(
  library: string,
  fault: OutsideFault,
  log: string,
): Readonly<Record<string, string>>;
export function failures(log: string): number;
export interface SmallDisk {
  readonly grow: (kib: number) => boolean;
  readonly unmount: () => boolean;
}
export function mountSmallDisk(dir: string, kib: number): SmallDisk | undefined;
