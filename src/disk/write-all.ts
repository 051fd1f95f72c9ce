/**
 * Writes every byte, however many the disk accepts at a time. Rejects with whatever `write` rejects with, or if the disk
 * accepts none.
 */
export async function writeAll(
  write: (bytes: Uint8Array) => Promise<number>,
  bytes: Uint8Array,
): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const taken = await write(written === 0 ? bytes : bytes.subarray(written));
    if (taken <= 0) throw new Error('the file does not accept more bytes');
    written += taken;
  }
}
