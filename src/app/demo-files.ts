import { createOwnFile } from '../disk/own-file.ts';
import { makeFolder } from '../disk/own-folder.ts';

/** Makes the folder of a demo, 0700. Rejects with the system's error. */
export async function makeDemoFolder(path: string): Promise<void> {
  await makeFolder(path, 'with-parents');
}

/** Writes a new file (0600) of a demo. Rejects with the system's error. */
export async function writeDemoFile(path: string, text: string): Promise<void> {
  const file = await createOwnFile(path);
  await file.writeFile(text).finally(() => file.close());
}
