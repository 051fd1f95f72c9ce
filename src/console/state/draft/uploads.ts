import { openUploadFolder, type IncomingFile } from '../../../app/console/upload-folder.ts';
import { AppError } from '../../../domain/codes/app-error.ts';
import type { UploadInfo } from '../../api/parts.ts';
import { BOUNDS } from '../../api/bounds.ts';
import type { PartRequest } from '../../api/requests.ts';
import { badRequest, notFound, notNow, Refusal } from '../../refusal.ts';
import { newId } from '../console-context.ts';
import type { EventLog } from '../event-log.ts';

/** A title for users named in any way: each line below it is an id, a login or an email address. */
const PASTED_HEADER = 'User id or login\n';
const PASTED_NAME = 'pasted-users.csv';
const MOST_NAME = 120;

interface Upload {
  readonly id: string;
  readonly name: string;
  bytes: number;
  parts: number;
  file: IncomingFile | undefined;
}

const infoOf = ({ id, name, bytes, file }: Upload): UploadInfo => ({
  id,
  name,
  bytes,
  complete: file === undefined,
});

/** Returns a name that is allowed in a command line and on a screen, and that names no folder. */
function plainName(name: string): string {
  const base = name.split(/[\\/]/).at(-1) ?? '';
  const safe = base.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').trim();
  return safe.replace(/^-+/, '').slice(0, MOST_NAME) || 'users.csv';
}

/** What the page has uploaded: content with a name, which is kept until the console ends. A name is never a path. */
export class Uploads {
  readonly #folder = openUploadFolder();
  readonly #uploads = new Map<string, Upload>();
  readonly #events: EventLog;

  constructor(events: EventLog) {
    this.#events = events;
  }

  list(): readonly UploadInfo[] {
    return [...this.#uploads.values()].map(infoOf);
  }

  /** Throws NOT_FOUND. */
  info(id: string): UploadInfo {
    return infoOf(this.#of(id));
  }

  async begin(name: string, pasted: boolean): Promise<UploadInfo> {
    if (this.#uploads.size >= BOUNDS.uploads)
      throw new Refusal(
        'TOO_MANY',
        'Too many files were uploaded.',
        'Restart the console: this removes them.',
      );
    const id = newId();
    const upload: Upload = {
      id,
      name: this.#unlikeOthers(pasted ? PASTED_NAME : plainName(name)),
      bytes: 0,
      parts: 0,
      file: undefined,
    };
    this.#uploads.set(id, upload);
    upload.file = await this.#folder.create(id).catch((error: unknown) => {
      this.#uploads.delete(id);
      throw error;
    });
    if (pasted) await upload.file.write(Buffer.from(PASTED_HEADER));
    this.#tell();
    return infoOf(upload);
  }

  /** Stores the next part. A part that was already stored is ignored, so that it can be sent again. */
  async take(id: string, { part, base64, last }: PartRequest): Promise<UploadInfo> {
    const upload = this.#of(id);
    const { file } = upload;
    if (part < upload.parts) return infoOf(upload);
    if (file === undefined) throw notNow('This file is complete.', 'Upload it as another one.');
    if (part > upload.parts) throw notNow(`Part ${upload.parts} is missing.`, 'Send it first.');
    const bytes = Buffer.from(base64, 'base64');
    if (bytes.length > BOUNDS.partBytes) throw badRequest('The part is too large.');
    if (upload.bytes + bytes.length > BOUNDS.uploadBytes)
      throw new Refusal(
        'TOO_LARGE',
        'The file is larger than the console accepts.',
        'Use it in a terminal: okta-reset plan --file FILE',
      );
    // Before the first wait, so that the same part, sent twice at once, is stored once.
    upload.parts += 1;
    await file.write(bytes);
    upload.bytes += bytes.length;
    if (last) {
      await file.close();
      upload.file = undefined;
      this.#tell();
    }
    return infoOf(upload);
  }

  /** Stores a text as if it had been uploaded. */
  async keep(name: string, texts: Iterable<string>): Promise<UploadInfo> {
    const { id } = await this.begin(name, false);
    const upload = this.#of(id);
    for (const text of texts) {
      const bytes = Buffer.from(text);
      await upload.file?.write(bytes);
      upload.bytes += bytes.length;
    }
    await upload.file?.close();
    upload.file = undefined;
    this.#tell();
    return infoOf(upload);
  }

  /** Reads the bytes of a complete upload, by its name. Rejects with INPUT_UNREADABLE for any other name. */
  async *open(name: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const found = [...this.#uploads.values()].find((upload) => upload.name === name);
    if (found === undefined || found.file !== undefined) {
      throw new AppError('INPUT_UNREADABLE', `${name} was not uploaded to this console.`, {
        hint: 'Upload it again: the console reads only uploaded files.',
      });
    }
    yield* this.#folder.read(found.id, signal);
  }

  async close(): Promise<void> {
    for (const { file } of this.#uploads.values()) await file?.close().catch(() => undefined);
    await this.#folder.close();
  }

  #of(id: string): Upload {
    const found = this.#uploads.get(id);
    if (found === undefined) throw notFound('upload');
    return found;
  }

  #unlikeOthers(name: string): string {
    const taken = new Set([...this.#uploads.values()].map((upload) => upload.name));
    if (!taken.has(name)) return name;
    const dot = name.lastIndexOf('.');
    const [base, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
    let number = 2;
    while (taken.has(`${base}-${number}${ending}`)) number += 1;
    return `${base}-${number}${ending}`;
  }

  #tell(): void {
    this.#events.tell({ type: 'uploads', uploads: this.list() });
  }
}
