import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openUploadFolder, type UploadFolder } from '../../src/app/console/upload-folder.ts';

let folder: UploadFolder;
beforeAll(async () => {
  folder = openUploadFolder();
  const file = await folder.create('a');
  await file.write(Buffer.alloc(300_000, 'a'));
  await file.close();
});
afterAll(() => folder.close());

test('inspecting a file that is abandoned, before it begins or between two chunks, ends with its own error', async () => {
  const gone = new AbortController();
  const reading = folder.read('a', gone.signal)[Symbol.asyncIterator]();
  await reading.next();
  gone.abort(new Error('The page is gone.'));
  // A stream would report the abort now, to nobody.
  await new Promise((resolve) => setImmediate(resolve));
  await expect(reading.next()).rejects.toThrow('The page is gone.');
  const before = folder.read('a', gone.signal)[Symbol.asyncIterator]();
  await expect(before.next()).rejects.toThrow('The page is gone.');
});
